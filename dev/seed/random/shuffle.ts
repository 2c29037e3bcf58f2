/**
 * A permutation of 0 … count - 1 that can be computed, and inverted, for a single number: n → (step · n +
 * start) mod count. It is not random but scattered: it distributes the orders of one customer over the year.
 */
export type Shuffle = { to(index: number): number; from(place: number): number }

/** The golden ratio, far from any simple fraction, so that neighbours land far apart. */
const GOLDEN = 0.618_033_988_75

export function shuffle(count: number, start: number): Shuffle {
  let step = Math.max(1, Math.round(count * GOLDEN))
  while (gcd(step, count) !== 1) step++
  const inverse = inverseOf(step, count)
  const offset = start % count
  return {
    to: (index) => (index * step + offset) % count,
    from: (place) => (((place - offset + count) % count) * inverse) % count,
  }
}

function gcd(left: number, right: number): number {
  return right === 0 ? left : gcd(right, left % right)
}

/** The inverse of a multiplication by `step` modulo `count`, by the extended Euclidean algorithm. */
function inverseOf(step: number, count: number): number {
  let [previous, current] = [count, step % count]
  let [previousFactor, factor] = [0, 1]
  while (current > 1) {
    const quotient = Math.floor(previous / current)
    ;[previous, current] = [current, previous - quotient * current]
    ;[previousFactor, factor] = [factor, previousFactor - quotient * factor]
  }
  return ((factor % count) + count) % count
}
