/** The operations that a subgraph works on at once. */
export type Admission = {
  /**
   * Takes a place, or waits for one in the order of asking.
   * @returns whether there is a place; false: too many wait already, or `leave` was called.
   */
  enter(): Entry
  readonly running: number
  readonly waiting: number
}

export type Entry = {
  readonly admitted: boolean | Promise<boolean>
  /** Gives the place back, or the one in the queue; does nothing the second time. */
  leave(): void
}

/**
 * @param places operations at work at once.
 * @param queue operations that wait for a place; more are refused.
 */
export function admission({ places, queue }: { places: number; queue: number }): Admission {
  let running = 0
  // In the order of arrival.
  const waiting = new Map<Entry, (admitted: boolean) => void>()

  function release(): void {
    const [next] = waiting
    if (!next) {
      running--
      return
    }
    const [entry, admit] = next
    waiting.delete(entry)
    admit(true)
  }

  function placed(): Entry {
    running++
    let isIn = true
    return {
      admitted: true,
      leave() {
        if (isIn) release()
        isIn = false
      },
    }
  }

  return {
    get running() {
      return running
    },
    get waiting() {
      return waiting.size
    },
    enter() {
      if (running < places) return placed()
      if (waiting.size >= queue) return { admitted: false, leave: () => {} }
      let isOver = false
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const entry: Entry = {
        admitted: promise,
        leave() {
          if (isOver) return
          isOver = true
          if (waiting.delete(entry)) resolve(false)
          else release()
        },
      }
      waiting.set(entry, resolve)
      return entry
    },
  }
}
