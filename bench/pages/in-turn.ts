/** Cycles through all values. */
export function inTurn<T>(all: readonly T[]): () => T {
  let place = 0
  return () => {
    const one = all[place++ % all.length]
    if (one === undefined) throw new Error('nothing to take from')
    return one
  }
}
