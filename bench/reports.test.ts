import { describe, expect, test } from 'vitest'
import { reportOf as cpuReport } from './cpu.ts'
import { reportOf as forecastReport } from './forecast.ts'
import { reportOf as latencyReport } from './latency.ts'
import { reportOf as oversellReport } from './oversell.ts'
import { ratios, sumUp, table } from './product-page.ts'
import { tableOf } from './profile.ts'
import { reportOf as recommendationsReport } from './recommendations-quality.ts'
import { reportOf as searchQualityReport } from './search-quality.ts'
import { reportOf as searchSpeedReport } from './search-speed.ts'
import { memories, times } from './start.ts'

const hundred = Array.from({ length: 100 }, (_, index) => index + 1)

describe('oversell', () => {
  type Trial = Parameters<typeof oversellReport>[0]
  /** Three customers want two units, and two get them. */
  const fair: Trial = {
    ...{ orders: 3, lines: 1, answeredAfter: 1, restedAfter: 4 },
    before: [{ onHand: 2, reserved: 0, taken: 10 }],
    after: [{ onHand: 0, reserved: 0, taken: 12 }],
    answers: [{ kind: 'placed' }, { kind: 'placed' }, { kind: 'refused' }],
    outcomes: [{ status: 'CONFIRMED', count: 2 }],
  }

  test('counts what was placed, refused and sold', () => {
    const { tables, failure, notes } = oversellReport(fair)
    expect([failure, notes]).toEqual([undefined, []])
    expect(tables[0]?.title).toBe('3 customers order 1 of 1 variants at once, of which there are 2 units')
    expect(tables[0]?.rows.map(([, figure]) => figure)).toEqual([2, 1, 0, 2, 0, 2, 0, 1, 4, 0.5])
  })

  test.each<[string, Partial<Trial>]>([
    ['1 units were sold, where it must be 2', { after: [{ onHand: 1, reserved: 0, taken: 11 }] }],
    ['1 units were sold that were not there', { after: [{ onHand: -1, reserved: 0, taken: 13 }] }],
    [
      '3 orders of 1 units are confirmed, where 2 units were sold',
      { outcomes: [{ status: 'SHIPPED', count: 3 }] },
    ],
    [
      'inventory’s ledger has 3 units taken, its levels 2',
      { after: [{ onHand: 0, reserved: 0, taken: 13 }] },
    ],
    ['1 units are still reserved', { after: [{ onHand: 0, reserved: 1, taken: 12 }] }],
  ])('fails: %s', (failure, fault) => {
    expect(oversellReport({ ...fair, ...fault }).failure).toContain(failure)
  })

  test.each(['CONFIRMED', 'FULFILLING', 'SHIPPED', 'DELIVERED'])('an order that is %s is paid', (status) => {
    expect(oversellReport({ ...fair, outcomes: [{ status, count: 2 }] }).failure).toBeUndefined()
  })

  test('orders of several lines may leave units unsold, and the first error is printed', () => {
    const { failure, notes, tables } = oversellReport({
      ...{ ...fair, lines: 2, before: [fair.before, fair.before].flat() },
      after: [
        { onHand: 1, reserved: 0, taken: 11 },
        { onHand: 1, reserved: 0, taken: 11 },
      ],
      answers: [{ kind: 'placed' }, { kind: 'failed', reason: 'reset' }, { kind: 'failed', reason: 'late' }],
      outcomes: [
        { status: 'CONFIRMED', count: 1 },
        { status: 'CANCELLED', count: 1 },
      ],
    })
    expect([failure, notes]).toEqual([undefined, ['The first error: reset']])
    expect(tables[0]?.rows.slice(0, 5).map(([, figure]) => figure)).toEqual([1, 0, 2, 1, 1])
  })
})

test('cpu: the medians of the rounds, and statements', () => {
  const costs = new Map([['checkout' as const, [3, 1, 2].map((all) => ({ all, postgres: all / 2 }))]])
  const statements = new Map([['checkout' as const, { all: 40, transactionControl: 12 }]])
  const { tables, notes } = cpuReport({ costs, idleMsPerSecond: 7.25 }, statements, 'a load')
  expect(tables[0]?.rows).toEqual([['checkout', 2, 1, '3.0 1.0 2.0', 40, 12]])
  expect(notes[0]).toMatch(/over a load, .*At rest the shop takes 7\.[23] ms a second/)
})

test('latency: percentiles of each shop beside their goals', () => {
  const shop = {
    shop: 'npm start',
    toConfirmed: hundred,
    toHandled: [4],
    toGathered: [100, 300],
    perSecond: 12.34,
  }
  const { tables, notes } = latencyReport(8, [shop])
  expect(tables[0]?.title).toBe('npm start: milliseconds, with 8 buyers')
  expect(tables[0]?.rows).toEqual([
    ['placeOrder sent to order CONFIRMED', 100, 50, 95, 99, 100],
    ['message written to listener', 1, 4, 4, 4, 10],
    ['message written to listener of gathered messages', 2, 100, 300, 300, ''],
  ])
  expect(notes[0]).toContain('12.3 (npm start) a second')
})

describe('search-quality', () => {
  const one = (kind: 'exact' | 'typing error', ndcg: number, recall: number) => ({
    ...{ kind, query: `${kind} ${ndcg}`, means: () => true, relevant: 4, found: 5, ndcg, recall },
  })

  test('means of each kind of query and of all, then those below 0.95', () => {
    const { tables, failure, data } = searchQualityReport([
      one('exact', 1, 0.95),
      one('typing error', 0.9, 0.96),
    ])
    expect(failure).toBeUndefined()
    expect(tables[0]?.rows).toEqual([
      ['exact', 1, '1.000', '0.950'],
      ['typing error', 1, '0.900', '0.960'],
      ['all', 2, '0.950', '0.955'],
    ])
    expect(tables[1]?.rows).toEqual([['typing error 0.9', 4, 5, '0.90', '0.96']])
    expect(JSON.stringify(data)).not.toContain('means')
  })

  test.each([
    ['exact', 0.9, 0.9, undefined],
    ['exact', 0.89, 1, 'below the goal: exact'],
    ['exact', 1, 0.89, 'below the goal: exact'],
    ['exact', Number.NaN, 1, 'below the goal: exact'],
    ['typing error', 0.85, 0.85, undefined],
    ['typing error', 0.84, 1, 'below the goal: typing error'],
    ['typing error', 1, 0.84, 'below the goal: typing error'],
  ] as const)('%s with nDCG %d and recall %d: %s', (kind, ndcg, recall, failure) => {
    expect(searchQualityReport([one(kind, ndcg, recall)]).failure).toBe(failure)
  })
})

describe('search-speed', () => {
  const size = { products: 10, variants: 30, eventsPerSecond: 99.6 }
  const spent = { page: [1], facets: [2], both: [30], suggestion: [10] }

  test('percentiles of each part', () => {
    const { tables, notes } = searchSpeedReport(size, { ...spent, page: hundred })
    expect(tables[0]?.title).toBe('Search over 10 products and 30 variants')
    expect(tables[0]?.rows[0]).toEqual(['a page of 20', 100, 50, 95, 99])
    expect(tables[0]?.rows.map(([name]) => name).slice(1)).toEqual([
      'facets and total',
      'both',
      'a suggestion',
    ])
    expect(notes[0]).toMatch(/took 100 events\/s/)
    expect(notes.filter((line) => line.startsWith('Missed'))).toEqual([])
  })

  test('a missed goal is printed', () => {
    const { notes } = searchSpeedReport(size, { ...spent, both: [30.1], suggestion: [10.1] })
    expect(notes.slice(-2)).toEqual([
      'Missed: search takes 30.1 ms (p95), the goal is 30.',
      'Missed: suggest takes 10.1 ms (p95), the goal is 10.',
    ])
  })
})

describe('forecast', () => {
  const series = (mase: number, covered: number) => ({
    ...{
      name: 'lynx',
      models: ['ETS', 'Theta'],
      mase,
      covered,
      count: 20,
      peers: { ets: 1.5 },
      milliseconds: 12.4,
    },
  })

  test('a line for each series, and the means', () => {
    expect(forecastReport([series(1, 17), series(0.5, 19)]).tables[0]?.rows).toEqual([
      ['lynx', '1.000', '17/20', '1.500', '12', 'ETS Theta'],
      ['lynx', '0.500', '19/20', '1.500', '12', 'ETS Theta'],
      ['mean', '0.750', '90.0 %', '1.500', '', ''],
    ])
  })

  test.each([
    [1, 17, undefined],
    [1.01, 20, 'worse than the goal'],
    [0.5, 16, 'worse than the goal'],
  ])('a MASE of %d with %d of 20 values in the intervals: %s', (mase, covered, failure) => {
    expect(forecastReport([series(mase, covered)]).failure).toBe(failure)
  })
})

describe('recommendations-quality', () => {
  const rebuild = { events: 10, eventsPerSecond: 5.4, singlePerSecond: 3.6, lists: 2, deriveMs: 7.5 }
  const judged = (hitRate: number, hasGoal = true) => ({
    name: 'seed',
    hasGoal,
    qualities: {
      ...{ asked: 50, recommended: { hitRate, mrr: 0.25 } },
      ...{ popular: { hitRate: 0.1, mrr: 0.05 }, random: { hitRate: 0.01, mrr: 0.002 } },
    },
  })

  test('each method is compared with popular products', () => {
    const [quality, speed] = recommendationsReport([judged(0.2)], rebuild).tables
    expect(quality?.rows).toEqual([
      ['seed', 'recommended', 50, '0.200', '0.250', '2.00 ×'],
      ['seed', 'popular', 50, '0.100', '0.050', '1.00 ×'],
      ['seed', 'random', 50, '0.010', '0.002', '0.10 ×'],
    ])
    expect(speed?.rows).toEqual([[10, 5, 4, 2, 8]])
  })

  test.each([
    [0.2, true, undefined],
    [0.19, true, /^below 2 × popular, .*: seed$/],
    [0.1, false, undefined],
    [0.09, false, /: seed$/],
  ])('a hit rate of %d, with a goal: %s', (hitRate, hasGoal, failure) => {
    const report = recommendationsReport([judged(hitRate, hasGoal)], rebuild)
    if (failure) expect(report.failure).toMatch(failure)
    else expect(report.failure).toBeUndefined()
  })
})

describe('product-page', () => {
  const round = (way: 'router' | 'subgraphs', scale: number) => ({
    ...{ way, connections: 8 as const, cpuMs: 200 * scale },
    load: { latenciesMs: hundred.map((ms) => ms * scale), failures: ['reset'], elapsedMs: 1_000 * scale },
  })
  const all = [round('router', 2), round('router', 2), round('subgraphs', 1)]
  const rows = [sumUp(all, 'router', 8), sumUp(all, 'subgraphs', 8)]

  test('rounds are summed up by way and connections', () => {
    expect(table(rows).rows).toEqual([
      ['through the router', 8, 50, 100, 190, 198, 2, 4],
      ['straight from the subgraphs', 8, 100, 50, 95, 99, 1, 2],
    ])
  })

  test('the cost of the router is a ratio; a dash where there is none', () => {
    expect(ratios(rows).rows).toEqual([
      ['1', '–', '–', '–', '–', '–'],
      ['8', '0.50', '2.00', '2.00', '2.00', '2.00'],
      ['32', '–', '–', '–', '–', '–'],
    ])
  })
})

test('profile: the functions with the most CPU time, with their shares', () => {
  const spent = new Map([
    ['graphql', 1],
    ['router', 6],
    ['pg', 3],
  ])
  expect(tableOf('by package', spent, 2)).toEqual({
    title: 'by package',
    head: ['where', 'ms', '%'],
    rows: [
      ['all', 10, '100'],
      ['router', 6, '60.0'],
      ['pg', 3, '30.0'],
    ],
  })
})

test('start: medians of seconds and of memory', () => {
  const run = (seconds: number, megabytes: number) => {
    const memory = (share: number) => ({ bytes: megabytes * share * 1e6, kind: 'RSS' as const })
    return { seconds, memory: { all: memory(1), node: memory(0.5), postgres: memory(0.25), npm: memory(0) } }
  }
  const runs = { cold: [run(9, 400), run(7, 200), run(8, 300)], warm: [run(2.345, 100)] }
  expect(times(runs).rows).toEqual([
    ['cold', '8.00', '9.00  7.00  8.00'],
    ['warm', expect.stringMatching(/^2\.3[45]$/), expect.any(String)],
  ])
  expect(memories(runs)).toMatchObject({ title: 'Memory at rest, MB of RSS, median' })
  expect(memories(runs).rows).toEqual([
    ['cold', '300', '150', '75', '–'],
    ['warm', '100', '50', '25', '–'],
  ])
})
