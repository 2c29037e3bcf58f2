/** One call that a subgraph got, times in milliseconds. */
export type Call = {
  readonly subgraph: string
  readonly body: string
  readonly came: number
  readonly answered: number
}

/**
 * The calls of one request in the order in which they can be made again: a call waits for those that had been answered when
 * it came. Calls that had seen the same answers form one level.
 */
export function levelsOf(calls: readonly Call[]): Call[][] {
  const levels = new Map<number, Call[]>()
  for (const call of calls) {
    const seen = calls.filter(({ answered }) => answered <= call.came).length
    const level = levels.get(seen) ?? []
    levels.set(seen, level)
    level.push(call)
  }
  return [...levels].sort(([one], [other]) => one - other).map(([, level]) => level)
}
