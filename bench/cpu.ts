import { setTimeout as sleep } from 'node:timers/promises'
import { bench, type Report } from './bench.ts'
import { BenchFailure } from './failure.ts'
import type { Life } from './life.ts'
import { closedLoop } from './measure/closed-loop.ts'
import { median } from './measure/percentiles.ts'
import { cpuMsOf, isPostgres, processTree } from './measure/processes.ts'
import type { Statements } from './measure/statement-log.ts'
import { statementCounter } from './measure/statements.ts'
import { type Scenario, scenariosOf } from './pages/scenarios.ts'
import { type BenchShop, startBenchShop, temporaryFolder } from './shop/bench-shop.ts'
import { connections } from './shop/http.ts'
import { allDaysSummed, restOf } from './shop/rest.ts'

type Name = Scenario['name']
/** CPU time per iteration, in milliseconds. */
type Cost = { readonly all: number; readonly postgres: number }

export const cpu = bench({
  name: 'cpu',
  measures:
    'CPU ms and SQL statements of a catalogue page, a product page and a whole checkout, all processes of the shop included',
  options: {
    rounds: { meaning: 'rounds of CPU time, each with all three', default: 3, min: 1, max: 20 },
    pages: { meaning: 'pages of each kind in a round', default: 200, min: 10, max: 10_000 },
    checkouts: { meaning: 'checkouts in a round', default: 40, min: 4, max: 1_000 },
    connections: { meaning: 'number of concurrent requests', default: 4, min: 1, max: 64 },
  },
  async run({ rounds, pages, checkouts, connections: most }, life) {
    const countOf = (name: Name) => (name === 'checkout' ? checkouts : pages)
    const shop = await startBenchShop({ dataDir: temporaryFolder(life) }, life)
    if (processTree(shop.pid).length === 0)
      throw new BenchFailure('this system has no /proc to read CPU times from: run it on Linux')
    const times = await cpuTimes({ shop, rounds, countOf, most, life })
    life.say('counting statements')
    const statements = await statementCounts(shop, life)
    return reportOf(
      times,
      statements,
      `${pages} pages or ${checkouts} checkouts a round from ${most} connections`,
    )
  },
})

type Times = { readonly costs: ReadonlyMap<Name, readonly Cost[]>; readonly idleMsPerSecond: number }

export function reportOf(
  { costs, idleMsPerSecond }: Times,
  statements: ReadonlyMap<Name, Statements>,
  load: string,
): Report {
  const rows = [...costs].map(([name, rounds]) => {
    const sql = statements.get(name) ?? { all: Number.NaN, transactionControl: Number.NaN }
    const all = rounds.map((cost) => cost.all)
    const postgres = rounds.map((cost) => cost.postgres)
    const each = all.map((ms) => ms.toFixed(1)).join(' ')
    return [name, median(all), median(postgres), each, sql.all, sql.transactionControl]
  })
  return {
    tables: [
      {
        title: 'One of each costs',
        head: [
          'what',
          'CPU ms',
          'of it PostgreSQL',
          'each round',
          'SQL statements',
          'of them BEGIN and the like',
        ],
        rows,
      },
    ],
    notes: [
      `CPU: user and system time of every process of the shop, PostgreSQL and ended processes included, over ${load}, until nothing is under way. At rest the shop takes ${idleMsPerSecond.toFixed(1)} ms a second, which is not taken off. A checkout: two lines into the cart, a look at it, the order, and a look at the confirmed order.`,
      'Statements are counted afterwards in PostgreSQL’s log, one request at a time, less what runs at rest.',
    ],
    data: { cpuMs: Object.fromEntries(costs), idleMsPerSecond, statements: Object.fromEntries(statements) },
  }
}

type Work = {
  readonly shop: BenchShop
  readonly rounds: number
  readonly countOf: (name: Name) => number
  readonly most: number
  readonly life: Life
}

const IDLE_SECONDS = 5

async function cpuTimes({ shop, rounds, countOf, most, life }: Work): Promise<Times> {
  const { post, close } = connections(most)
  life.own(close)
  const scenarios = await scenariosOf(shop, post, most, life)
  const atRest = await restOf(shop, life)
  await allDaysSummed(shop, life)
  const spent = () => ({ all: cpuMsOf(shop.pid), postgres: cpuMsOf(shop.pid, isPostgres) })
  const costOf = async ({ name, once }: Scenario): Promise<Cost> => {
    const count = countOf(name)
    const before = spent()
    const { failures } = await closedLoop({
      connections: most,
      until: { count },
      work: once,
      signal: life.signal,
    })
    if (failures.length > 0) throw new BenchFailure(`${failures.length} of ${count} failed: ${failures[0]}`)
    await atRest()
    const after = spent()
    return { all: (after.all - before.all) / count, postgres: (after.postgres - before.postgres) / count }
  }
  const costs = new Map<Name, Cost[]>(scenarios.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    life.say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`)
    for (const scenario of scenarios) {
      const cost = await costOf(scenario)
      if (round > 0) costs.get(scenario.name)?.push(cost)
    }
  }
  await allDaysSummed(shop, life)
  const before = cpuMsOf(shop.pid)
  await sleep(IDLE_SECONDS * 1_000)
  return { costs, idleMsPerSecond: (cpuMsOf(shop.pid) - before) / IDLE_SECONDS }
}

/**
 * Enough iterations that the statements of an idle shop, which are subtracted, do not show in a whole number.
 */
const COUNTED = 24

async function statementCounts(shop: BenchShop, life: Life): Promise<Map<Name, Statements>> {
  const { post, close } = connections(1)
  life.own(close)
  const scenarios = await scenariosOf(shop, post, 1, life)
  const atRest = await restOf(shop, life)
  const count = await statementCounter(shop, life)
  const during = async (work: () => Promise<void>) => {
    const started = performance.now()
    const counted = await count(work)
    return { ...counted, seconds: (performance.now() - started) / 1_000 }
  }
  await allDaysSummed(shop, life)
  const idle = await during(() => sleep(IDLE_SECONDS * 1_000))
  const result = new Map<Name, Statements>()
  for (const { name, once } of scenarios) {
    const many = async () => {
      for (let turn = 0; turn < COUNTED; turn++) await once(0)
      await atRest()
    }
    // Run once before, so that statements of the first run only are not counted.
    await many()
    const { seconds, ...counted } = await during(many)
    const each = (kind: keyof Statements) =>
      Math.round((counted[kind] - (idle[kind] * seconds) / idle.seconds) / COUNTED)
    result.set(name, { all: each('all'), transactionControl: each('transactionControl') })
  }
  return result
}
