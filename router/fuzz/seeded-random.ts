/**
 * Random choices that depend on a seed and on the names of the choices, and never on the number of choices
 * made elsewhere: a case keeps its parts when other parts are removed.
 */
export type Draw = {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number
  /** True with a probability of `percent` per cent. */
  chance(percent: number): boolean
  pick<T>(from: readonly T[]): T
  /** Each with the given chance; at least `least` of them, in their order. */
  some<T>(from: readonly T[], percent: number, least?: number): T[]
  /** Independent choices for a part with this name. */
  fork(name: string | number): Draw
}

export function drawFrom(seed: string): Draw {
  const key = hash(seed)
  let counter = 0
  const next = () => mix(key, counter++)
  const int = (below: number) => next() % below
  const draw: Draw = {
    int,
    chance: (percent) => int(100) < percent,
    pick: (from) => {
      const picked = from[int(from.length)]
      if (picked === undefined) throw new Error('nothing to pick from')
      return picked
    },
    some: (from, percent, least = 0) => {
      const taken = from.filter(() => int(100) < percent)
      if (taken.length >= Math.min(least, from.length)) return taken
      const first = int(from.length)
      return from.filter((_, index) => (index - first + from.length) % from.length < least)
    },
    fork: (name) => drawFrom(`${seed}/${name}`),
  }
  return draw
}

/** FNV-1a, 32 bits, finished by `mix` so that similar texts have unrelated hashes. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return mix(value >>> 0, 0)
}

/** A counter-based generator: the finaliser of MurmurHash3 over key and counter. */
function mix(key: number, counter: number): number {
  let value = (key + Math.imul(counter + 1, 0x9e3779b9)) >>> 0
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
