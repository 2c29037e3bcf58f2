/** A seeded random number generator: data and operations must not change between runs. */
export type Random = {
  /** From 0, below `bound`. */
  below(bound: number): number
  pick<T>(values: readonly T[]): T
}

/** A 32-bit xorshift generator (Marsaglia, 2003); ample for test data. */
export function seededRandom(seed: number): Random {
  let state = (Math.imul(seed, 2_654_435_761) ^ 0x9e3779b9) >>> 0 || 1
  const below = (bound: number) => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % bound
  }
  return {
    below,
    pick(values) {
      const value = values[below(values.length)]
      if (value === undefined) throw new Error('there is nothing to pick from')
      return value
    },
  }
}
