/**
 * Decides whether one more attempt may be made: retries help against a lost connection, and harm an
 * overloaded subgraph.
 */
export type RetryBudget = {
  /** Records a first attempt, which earns a share of a retry. */
  earn(): void
  /** Takes a retry from the budget. @returns whether there was one. */
  spend(): boolean
}

type RetrySettings = {
  /** Retries for each hundred first attempts. */
  readonly percent: number
  /** Number of retries after an idle time, which is also the maximum. */
  readonly reserve: number
}

export function retryBudget({ percent, reserve }: RetrySettings): RetryBudget {
  // Counted in hundredths, which are whole numbers, so that no share is lost by rounding.
  const most = reserve * 100
  let saved = most
  return {
    earn() {
      saved = Math.min(most, saved + percent)
    },
    spend() {
      if (saved < 100) return false
      saved -= 100
      return true
    },
  }
}
