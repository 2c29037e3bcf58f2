/**
 * Pseudo-random numbers that depend only on their purpose: `chance(seed, 'review', 812)` always gives the
 * same sequence, regardless of other draws. The generator is sfc32 (Chris Doty-Humphrey's small fast
 * counter), seeded by a murmur3-style mix of seed, subject and index.
 */
export class Chance {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(a: number, b: number, c: number) {
    this.#a = a
    this.#b = b
    this.#c = c
    for (let round = 0; round < 8; round++) this.bits()
  }

  /** The next 32 bits, unsigned. */
  bits(): number {
    const result = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result
    return result >>> 0
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    return this.bits() / 4_294_967_296
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end)
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  flip(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)]
    if (choice === undefined) throw new Error('There is nothing to pick from.')
    return choice
  }

  /** Picks by weight: `[[3, 'often'], [1, 'seldom']]`. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, value] of choices) {
      left -= weight
      if (left < 0) return value
    }
    throw new Error('Weights must be positive numbers.')
  }

  /**
   * A rank from 0 to `count - 1`, where rank r has a frequency of about (r + 1)^-0.8, so that few things are
   * popular. It inverts the continuous distribution, so one draw costs the same for 20 things and for 50,000.
   */
  zipf(count: number): number {
    const x = (1 + this.next() * ((count + 1) ** 0.2 - 1)) ** 5
    return Math.min(Math.floor(x) - 1, count - 1)
  }
}

export function chance(seed: number, subject: string, index: number): Chance {
  const subjectHash = hashOf(subject)
  return new Chance(mix(seed, subjectHash), mix(subjectHash, index), mix(index, seed ^ 0x9e3779b9))
}

function mix(left: number, right: number): number {
  let hash = Math.imul(left ^ 0x85ebca6b, 0xcc9e2d51) ^ Math.imul(right ^ (left >>> 15), 0x1b873593)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}
