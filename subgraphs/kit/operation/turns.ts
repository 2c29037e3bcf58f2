import { fairQueue } from './fair-queue.ts'

/** An operation, as far as turns are concerned. */
type Heavy = { readonly fields: number }

type Waiter = { readonly weight: number; readonly go: () => void }

/** Items of lists that are completed in one turn of the event loop: 1 to 3 ms of work. */
const ITEMS_PER_TURN = 250
/** Fields that the heavy operations of this process hold together before only the oldest goes on: up to 1 KB each. */
const FIELDS_TOGETHER = 50_000

/**
 * The order in which large operations complete their lists: one after another, a few lists in each turn of the event
 * loop, whose other work goes on between. While they hold too much memory together, only the oldest goes on; it ends
 * by its answer, its size limit or its time, and frees what it held.
 */
export function turnQueue() {
  // Depth first: what is begun is completed before more is begun, hence less is held at once.
  const waiting = fairQueue<Heavy, Waiter>('newest first')
  // In insertion order, the oldest first.
  const heavy = new Set<Heavy>()
  let isScheduled = false

  function schedule(): void {
    if (isScheduled || waiting.size === 0) return
    isScheduled = true
    setImmediate(turn)
  }

  function turn(): void {
    isScheduled = false
    let held = 0
    for (const operation of heavy) held += operation.fields
    const [oldest] = heavy
    const may = held > FIELDS_TOGETHER ? (one: Heavy) => one === oldest : undefined
    for (let items = 0; items < ITEMS_PER_TURN; ) {
      const next = waiting.next(may)
      // Whoever frees the oldest's place schedules the next turn.
      if (!next) return
      items += next.entry.weight
      next.entry.go()
    }
    schedule()
  }

  return {
    /** From now on the operation takes turns. */
    enter(operation: Heavy): void {
      heavy.add(operation)
    },
    /** The operation is over: what it still waits for never comes. */
    leave(operation: Heavy): void {
      heavy.delete(operation)
      waiting.drop(operation)
      schedule()
    },
    /** @param weight the work that follows, in list items. */
    wait(operation: Heavy, weight: number): Promise<void> {
      return new Promise((resolve) => {
        waiting.add(operation, { weight, go: resolve })
        schedule()
      })
    },
  }
}

/** Of the whole process: subgraphs that share one share its event loop and memory. */
export const turns = turnQueue()
