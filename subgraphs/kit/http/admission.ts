/** Limits the operations that a subgraph runs concurrently. */
export type Admission = {
  /**
   * Takes a place, or queues for one.
   * @returns whether the operation may run; false: the queue is full, or `leave` was called.
   */
  enter(): Entry
  readonly running: number
  readonly waiting: number
}

export type Entry = {
  readonly admitted: boolean | Promise<boolean>
  /** Frees the place or leaves the queue; a second call has no effect. */
  leave(): void
}

/**
 * @param places operations that run concurrently.
 * @param queue operations that wait for a place; more are refused.
 */
export function admission({ places, queue }: { places: number; queue: number }): Admission {
  let running = 0
  // In order of arrival.
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
