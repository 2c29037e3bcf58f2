import { createHash } from 'node:crypto'

/**
 * A source of numbers from 0 up to, not including, 1, by which a simulated service draws its faults. A seed fixes their sequence; without
 * one they are random.
 */
export function drawsOf(seed: number | undefined): () => number {
  if (seed === undefined) return Math.random
  let count = 0
  return () => {
    const digest = createHash('sha256').update(`${seed} ${count++}`).digest()
    return digest.readUInt32BE(0) / 2 ** 32
  }
}
