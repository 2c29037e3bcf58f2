/** Decides whether one more attempt may be made: retries help against a lost connection, and harm a subgraph that drowns. */
export type RetryBudget = {
  /** A first attempt was made: earns its share of a retry. */
  earn(): void
  /** @returns whether a retry may be made, and takes it. */
  spend(): boolean
}

type RetrySettings = {
  /** Retries for each hundred first attempts. */
  readonly percent: number
  /** Retries at hand after a quiet time; also how many can be saved up. */
  readonly reserve: number
}

export function retryBudget({ percent, reserve }: RetrySettings): RetryBudget {
  // Counted in hundredths, which are whole numbers: no share gets lost in rounding.
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
