import { fairQueue } from './fair-queue.ts'

/** The part of an operation that the queue needs. */
type Heavy = { readonly fields: number }

type Waiter = { readonly weight: number; readonly go: () => void }

/** List items that are completed in one turn of the event loop: 1 to 3 ms of work. */
const ITEMS_PER_TURN = 250
/**
 * Total fields of the heavy operations in this process above which only the oldest continues: up to 1 KB
 * each.
 */
const FIELDS_TOGETHER = 50_000

/**
 * Schedules how large operations complete their lists: round robin, a few lists in each turn of the event
 * loop, so that other work continues. While they use too much memory together, only the oldest continues,
 * until its result, its size limit or its time limit frees the memory.
 */
export function turnQueue() {
  // Depth first: complete what has started before starting more, to hold less at once.
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
      // The operation that makes room for the oldest schedules the next turn.
      if (!next) return
      items += next.entry.weight
      next.entry.go()
    }
    schedule()
  }

  return {
    /** Makes the operation take turns from now on. */
    enter(operation: Heavy): void {
      heavy.add(operation)
    },
    /** Removes a finished operation with everything that it waits for. */
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

/** The queue of the whole process: subgraphs in one process share its event loop and memory. */
export const turns = turnQueue()
