import { isDeepStrictEqual } from 'node:util'
import { secretsOf } from '../dev/shop/subgraphs/secrets.ts'
import { bestSeller } from '../dev/shop/terminal/banner.ts'
import { internalTokens } from '../router/security/internal-token.ts'
import { bench } from './bench.ts'
import { BenchFailure } from './failure.ts'
import type { Life } from './life.ts'
import { closedLoop, type Load } from './measure/closed-loop.ts'
import { percentile } from './measure/percentiles.ts'
import { cpuMsOf } from './measure/processes.ts'
import { type LoadPage, pageByRouter } from './pages/product-page.ts'
import { pageFromSubgraphs } from './pages/product-page-direct.ts'
import { type BenchShop, startBenchShop, temporaryFolder } from './shop/bench-shop.ts'
import { planOf } from './shop/databases.ts'
import { connections } from './shop/http.ts'

const WAYS = ['router', 'subgraphs'] as const
type Way = (typeof WAYS)[number]
const CONNECTIONS = [1, 8, 32] as const

/** One round of one variant at one number of connections. */
type Round = { readonly way: Way; readonly connections: number; readonly load: Load; readonly cpuMs: number }

export const productPage = bench({
  name: 'product-page',
  measures:
    'requests/s and latency of the product page through the router, against the same data asked straight from the subgraphs',
  options: {
    rounds: {
      meaning: 'rounds, each with both ways at 1, 8 and 32 connections',
      default: 3,
      min: 1,
      max: 20,
    },
    seconds: { meaning: 'how long each way is loaded in a round', default: 5, min: 1, max: 60 },
  },
  async run({ rounds, seconds }, life) {
    const shop = await startBenchShop({ dataDir: temporaryFolder(life) }, life)
    const all: Round[] = []
    const slug = bestSeller(await planOf(shop, life))
    await requireSame(shop, slug)
    for (let round = 0; round <= rounds; round++) {
      life.say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`)
      for (const most of CONNECTIONS) {
        // Alternate the order, since the first one bears the after-effects of what ran before.
        for (const way of round % 2 === 0 ? WAYS : WAYS.toReversed()) {
          const measured = await oneRound({ shop, slug, way, connections: most, seconds, life })
          if (round > 0) all.push(measured)
        }
      }
    }
    const rows = CONNECTIONS.flatMap((most) => WAYS.map((way) => sumUp(all, way, most)))
    return {
      tables: [table(rows), ratios(rows)],
      notes: NOTES,
      data: { rows, rounds: all.map(withoutLatencies) },
    }
  },
})

const NOTES = [
  'Straight means: product, then stock and reviews at once, then the purchases behind the reviews: four requests for one page, counted as one. CPU: all processes of the shop, PostgreSQL included, the client’s own not. Every answer was compared with the first one, and the first ones of both ways with each other.',
]

function loaderOf(shop: BenchShop, way: Way, slug: string, most: number): { load: LoadPage; close(): void } {
  // A page has at most one concurrent request per subgraph.
  const { post, close } = connections(most)
  const { internalTokenMasterKey } = secretsOf(shop.dataDir)
  const mint = internalTokens(Buffer.from(internalTokenMasterKey, 'base64url'))
  const load =
    way === 'router'
      ? pageByRouter(post, shop.url, JSON.stringify({ query: shop.query }))
      : pageFromSubgraphs({ post, subgraphs: shop.subgraphs, mint, slug })
  return { load, close }
}

/** @throws BenchFailure if the two variants give different pages */
async function requireSame(shop: BenchShop, slug: string): Promise<void> {
  const pages = []
  for (const way of WAYS) {
    const { load, close } = loaderOf(shop, way, slug, 1)
    pages.push(await load().finally(close))
  }
  const [byRouter, straight] = pages
  if (!byRouter || !isDeepStrictEqual(byRouter, straight))
    throw new BenchFailure(
      `the router and the subgraphs give different pages:\n${JSON.stringify(byRouter)}\n${JSON.stringify(straight)}`,
    )
}

type Part = {
  readonly shop: BenchShop
  readonly slug: string
  readonly way: Way
  readonly connections: number
  readonly seconds: number
  readonly life: Life
}

async function oneRound({ shop, slug, way, connections: most, seconds, life }: Part): Promise<Round> {
  const { load: loadPage, close } = loaderOf(shop, way, slug, most)
  const work = async () => {
    await loadPage()
  }
  try {
    const before = cpuMsOf(shop.pid)
    const load = await closedLoop({ connections: most, until: { seconds }, work, signal: life.signal })
    return { way, connections: most, load, cpuMs: cpuMsOf(shop.pid) - before }
  } finally {
    close()
  }
}

type Row = {
  readonly way: Way
  readonly connections: number
  readonly pages: number
  readonly errors: number
  readonly perSecond: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly cpuMs: number
}

export function sumUp(all: readonly Round[], way: Way, most: number): Row {
  const rounds = all.filter((round) => round.way === way && round.connections === most)
  const latencies = rounds.flatMap(({ load }) => load.latenciesMs)
  const sum = (value: (round: Round) => number) => rounds.reduce((total, round) => total + value(round), 0)
  return {
    way,
    connections: most,
    pages: latencies.length,
    errors: sum(({ load }) => load.failures.length),
    perSecond: (latencies.length * 1_000) / sum(({ load }) => load.elapsedMs),
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
    cpuMs: sum((round) => round.cpuMs) / latencies.length,
  }
}

export function table(rows: readonly Row[]) {
  return {
    title: 'The product page',
    head: ['way', 'connections', 'pages/s', 'p50 ms', 'p95 ms', 'p99 ms', 'errors', 'CPU ms/page'],
    rows: rows.map((row) => [
      row.way === 'router' ? 'through the router' : 'straight from the subgraphs',
      ...[row.connections, row.perSecond, row.p50, row.p95, row.p99, row.errors, row.cpuMs],
    ]),
  }
}

/** The cost of the router; 1 would be a router without cost. */
export function ratios(rows: readonly Row[]) {
  return {
    title: 'The router’s cost: through the router ÷ straight',
    head: ['connections', 'pages/s', 'p50', 'p95', 'p99', 'CPU'],
    rows: CONNECTIONS.map((most) => {
      const [byRouter, straight] = WAYS.map((way) =>
        rows.find((row) => row.way === way && row.connections === most),
      )
      const ratio = (of: (row: Row) => number) => {
        const value = byRouter && straight ? of(byRouter) / of(straight) : Number.NaN
        return Number.isFinite(value) ? value.toFixed(2) : '–'
      }
      return [
        String(most),
        ratio((row) => row.perSecond),
        ratio((row) => row.p50),
        ratio((row) => row.p95),
        ratio((row) => row.p99),
        ratio((row) => row.cpuMs),
      ]
    }),
  }
}

function withoutLatencies({ load, ...round }: Round) {
  const { latenciesMs, failures, elapsedMs } = load
  return { ...round, pages: latenciesMs.length, elapsedMs, failures: failures.slice(0, 5) }
}
