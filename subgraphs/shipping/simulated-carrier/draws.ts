import { createHash } from 'node:crypto'

/** Numbers from 0 up to, not including, 1: of one sequence for each seed; without a seed any. */
export function drawsOf(seed: number | undefined): () => number {
  if (seed === undefined) return Math.random
  let count = 0
  return () => {
    const digest = createHash('sha256').update(`${seed} ${count++}`).digest()
    return digest.readUInt32BE(0) / 2 ** 32
  }
}
