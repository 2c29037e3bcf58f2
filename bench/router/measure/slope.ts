/** Megabytes per hour, by least squares; NaN for fewer than two samples. */
export function slopePerHour(samples: readonly { minutes: number; megabytes: number }[]): number {
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length
  const x = mean(samples.map(({ minutes }) => minutes))
  const y = mean(samples.map(({ megabytes }) => megabytes))
  const [over, under] = samples.reduce(
    ([covariance, variance], { minutes, megabytes }) => [
      covariance + (minutes - x) * (megabytes - y),
      variance + (minutes - x) ** 2,
    ],
    [0, 0],
  )
  return (over / under) * 60
}
