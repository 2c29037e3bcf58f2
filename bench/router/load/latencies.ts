/** Counts by bucket; each bucket is 2 % wider than the one before, so a percentile is right within 2 %. */
export type Latencies = number[]

const STEP = Math.log(1.02)

/** @param milliseconds how long one request took; below a microsecond counts as one. */
export function record(latencies: Latencies, milliseconds: number): void {
  const bucket = Math.max(0, Math.round(Math.log(milliseconds * 1_000) / STEP))
  latencies[bucket] = (latencies[bucket] ?? 0) + 1
}

/** The sum of several, such as the rounds of one router. */
export function pooled(several: readonly Latencies[]): Latencies {
  const sum: Latencies = []
  for (const latencies of several) {
    for (const [bucket, count] of latencies.entries()) if (count) sum[bucket] = (sum[bucket] ?? 0) + count
  }
  return sum
}

/** @param share such as 0.99. @returns milliseconds; NaN without latencies. */
export function percentile(latencies: Latencies, share: number): number {
  const total = latencies.reduce((sum, count) => sum + (count ?? 0), 0)
  let left = Math.max(1, Math.ceil(total * share))
  for (const [bucket, count] of latencies.entries()) {
    left -= count ?? 0
    if (total > 0 && left <= 0) return Math.exp(bucket * STEP) / 1_000
  }
  return Number.NaN
}
