/** Decides which operations have code of their own. Code weighs some hundred kilobytes, which only what comes often repays. */
export type CodeBudget = {
  /** Called for every run. */
  tick(): void
  /** Registers an operation that may ask for code. */
  newCandidate(runsBefore: number): CodeCandidate
}

export type CodeCandidate = {
  /**
   * Records a run of the operation; has to be called for every run.
   * @returns whether there is room for its code
   */
  comesAgain(): boolean
  /** Gives the room back, for good: it can have no code. */
  leave(): void
}

/** Share of one operation in all requests since the last look. */
type Frequency = { runs: number; since: number }

/** Factor by which an operation must be more frequent than one that it displaces: generating code costs milliseconds. */
const MORE_OFTEN = 2
/** Older requests count less. */
const MEMORY = 10_000

/** @param limit how many operations there is room for. */
export function newCodeBudget(limit: number): CodeBudget {
  const rooms = new Set<Frequency>()
  let now = 0
  const often = ({ runs, since }: Frequency) => runs / (now - since + 1)
  const seldomest = (): Frequency | null => {
    let found: Frequency | null = null
    for (const room of rooms) if (!found || often(room) < often(found)) found = room
    return found
  }
  const forget = (frequency: Frequency) => {
    if (now - frequency.since <= MEMORY) return
    frequency.runs /= 2
    frequency.since = now - MEMORY / 2
  }
  return {
    tick() {
      now++
    },
    newCandidate(runsBefore) {
      const own: Frequency = { runs: 0, since: now }
      let hasLeft = false
      return {
        comesAgain() {
          if (hasLeft) return false
          own.runs++
          forget(own)
          if (rooms.has(own)) return true
          if (own.runs <= runsBefore) return false
          const other = rooms.size < limit ? null : seldomest()
          if (rooms.size >= limit && (!other || often(own) < MORE_OFTEN * often(other))) return false
          if (other) rooms.delete(other)
          rooms.add(own)
          return true
        },
        leave() {
          hasLeft = true
          rooms.delete(own)
        },
      }
    },
  }
}
