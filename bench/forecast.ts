import { type Accuracy, publicAccuracies } from '@argyle/analytics/testing/accuracy'
import { bench, type Report } from './bench.ts'

/** Largest mean MASE, and least share of test values within the intervals of 95 %. */
const MAX_ERROR = 1
const MIN_COVERAGE = 0.85

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

export const forecast = bench({
  name: 'forecast',
  measures:
    'MASE of forecasts of six public series, and how many test values the intervals of 95 % hold, beside other programs; fails above 1, or below 85 %',
  options: {},
  async run(_, life): Promise<Report> {
    life.say('forecasting six series')
    return reportOf(await publicAccuracies())
  },
})

export function reportOf(all: readonly Accuracy[]): Report {
  const peers = Object.keys(all[0]?.peers ?? {})
  const coverage = sum(all, 'covered') / sum(all, 'count')
  const error = mean(all.map(({ mase }) => mase))
  const peerMean = (peer: string) => mean(all.map((one) => one.peers[peer] ?? Number.NaN)).toFixed(3)
  const rows = all.map((one) => [
    one.name,
    one.mase.toFixed(3),
    `${one.covered}/${one.count}`,
    ...peers.map((peer) => (one.peers[peer] ?? Number.NaN).toFixed(3)),
    one.milliseconds.toFixed(0),
    one.models.join(' '),
  ])
  const isGood = error <= MAX_ERROR && coverage >= MIN_COVERAGE
  return {
    tables: [
      {
        title: 'Forecasts of public series',
        head: ['series', 'MASE', 'in 95 %', ...peers, 'ms', 'models'],
        rows: [
          ...rows,
          ['mean', error.toFixed(3), `${(coverage * 100).toFixed(1)} %`, ...peers.map(peerMean), '', ''],
        ],
      },
    ],
    notes: [
      'MASE: mean absolute error over the mean absolute seasonal difference of the values before. The other programs are R 4.2 with forecast 8.20 on the same split.',
    ],
    data: { series: all, mase: error, coverage },
    ...(!isGood && { failure: 'worse than the goal' }),
  }
}

function sum(all: readonly Accuracy[], key: 'count' | 'covered'): number {
  return all.reduce((total, one) => total + one[key], 0)
}
