/** One call received by a subgraph; times are in milliseconds. */
export type Call = {
  readonly subgraph: string
  readonly body: string
  readonly came: number
  readonly answered: number
}

/**
 * The calls of one request, in an order in which they can be repeated: a call depends on those that had been
 * answered when it arrived. Calls with equal dependencies form one level.
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
