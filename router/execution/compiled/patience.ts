/** How long something is tried that may fail every time. */
export type Patience = {
  isLeft(): boolean
  lose(): void
  /** It has not failed. */
  gain(): void
}

/** So often it is passed over at most. */
const LONGEST = 1_024

/** What fails is passed over once, the next time twice, then four times and so on; what succeeds begins anew. */
export function newPatience(): Patience {
  let passing = 0
  let next = 1
  return {
    isLeft() {
      if (passing === 0) return true
      passing--
      return false
    },
    lose() {
      passing = next
      next = Math.min(next * 2, LONGEST)
    },
    gain() {
      next = 1
    },
  }
}
