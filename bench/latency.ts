import { gatheredListenersOf } from '@argyle/kit/inbox'
import { importSubgraph, SUBGRAPH_NAMES } from '../dev/shop/subgraphs/subgraphs.ts'
import { MAX_INSTANCES } from '../dev/stack/command-line.ts'
import { bench, type Report } from './bench.ts'
import { namedServers } from './config.ts'
import { BenchFailure } from './failure.ts'
import type { Life } from './life.ts'
import { closedLoop } from './measure/closed-loop.ts'
import { percentile } from './measure/percentiles.ts'
import { walkCatalogue } from './pages/catalogue-page.ts'
import { type CheckedOut, checkout } from './pages/checkout.ts'
import { inTurn } from './pages/in-turn.ts'
import { type Running, startBenchShop, startBenchStack, temporaryFolder } from './shop/bench-shop.ts'
import { signInCustomers } from './shop/customers.ts'
import { openDatabase, planOf } from './shop/databases.ts'
import { client } from './shop/graphql.ts'
import { connections } from './shop/http.ts'
import { restOf } from './shop/rest.ts'

const CATALOGUE_PAGES = 8
const GOAL_MS = { confirmed: 100, handled: 10 } as const

export const latency = bench({
  name: 'latency',
  measures:
    'milliseconds from placeOrder to the confirmed order, and from writing a message to its listener, while customers check out at once',
  options: {
    buyers: { meaning: 'customers who check out one order after another', default: 8, min: 1, max: 64 },
    checkouts: { meaning: 'checkouts that are measured', default: 200, min: 8, max: 5_000 },
    instances: {
      meaning:
        'processes of each subgraph in a second shop, as npm run stack has them, which is measured after the first; 0: none',
      default: 0,
      min: 0,
      max: MAX_INSTANCES,
    },
  },
  async run({ buyers, checkouts, instances }, life) {
    const load = { buyers, checkouts }
    life.say('npm start')
    const embedded = await startBenchShop({ dataDir: temporaryFolder(life) }, life)
    const measured = [{ shop: 'npm start', ...(await measure(embedded, load, life)) }]
    await embedded.stop(false)
    if (instances > 0) {
      const shop = `npm run stack -- --instances ${instances}`
      life.say(shop)
      const place = { dataDir: temporaryFolder(life), instances, servers: namedServers() }
      measured.push({ shop, ...(await measure(await startBenchStack(place, life), load, life)) })
    }
    return reportOf(buyers, measured)
  },
})

type Load = { readonly buyers: number; readonly checkouts: number }

async function measure(shop: Running, { buyers, checkouts }: Load, life: Life): Promise<Measured> {
  const { post, close } = connections(buyers)
  life.own(close)
  const databases = await Promise.all(SUBGRAPH_NAMES.map((name) => openDatabase(shop, name, life)))
  const orders = await openDatabase(shop, 'orders', life)
  const { variantIds } = await walkCatalogue(client(post, shop.url), CATALOGUE_PAGES)
  const customers = await signInCustomers(post, shop.url, await planOf(shop, life), buyers)
  const nextVariant = inTurn(variantIds)
  const atRest = await restOf(shop, life)
  const run = async (count: number): Promise<CheckedOut[]> => {
    const done: CheckedOut[] = []
    const work = async (buyer: number) => {
      const customer = customers[buyer]
      if (!customer) throw new Error(`no customer for buyer ${buyer}`)
      done.push(await checkout(customer, [nextVariant(), nextVariant()]))
    }
    const { failures } = await closedLoop({
      connections: buyers,
      until: { count },
      work,
      signal: life.signal,
    })
    if (failures.length > 0) throw new BenchFailure(`${failures.length} of ${count} failed: ${failures[0]}`)
    await atRest()
    return done
  }
  life.say('warming up')
  await run(buyers * 4)
  life.say(`${checkouts} checkouts of ${buyers} buyers`)
  const since = new Date()
  const done = await run(checkouts)
  const elapsed = (Date.now() - since.getTime()) / 1_000
  const { rows: confirmed } = await orders.query<Confirmed>(CONFIRMED, [done.map(({ orderId }) => orderId)])
  const askedAt = new Map(done.map((one) => [one.orderId, one.askedAt]))
  const toConfirmed = confirmed.map(({ orderId, at }) => at.getTime() - (askedAt.get(orderId) ?? Number.NaN))
  const written = new Map<string, Written>()
  for (const database of databases)
    for (const message of (await database.query<Written>(WRITTEN, [since])).rows)
      written.set(message.id, message)
  const toHandled: number[] = []
  const toGathered: number[] = []
  for (const [index, database] of databases.entries()) {
    const gathered = gatheredListenersOf(await importSubgraph(SUBGRAPH_NAMES[index] ?? ''))
    for (const { id, at } of (await database.query<Moment>(HANDLED, [since])).rows) {
      const message = written.get(id)
      if (!message) continue
      const into = gathered[message.type] ? toGathered : toHandled
      into.push(at.getTime() - message.at.getTime())
    }
  }
  return { toConfirmed, toHandled, toGathered, perSecond: done.length / elapsed }
}

type Confirmed = { readonly orderId: string; readonly at: Date }
type Moment = { readonly id: string; readonly at: Date }
type Written = Moment & { readonly type: string }

const CONFIRMED = `
SELECT order_id AS "orderId", at FROM order_status_change WHERE to_status = 'CONFIRMED' AND order_id = ANY($1::text[])`
const WRITTEN = 'SELECT id, type, time AS at FROM outbox_message WHERE time >= $1'
const HANDLED = 'SELECT event_id AS id, handled_at AS at FROM inbox_message WHERE handled_at >= $1'

type Measured = {
  readonly toConfirmed: readonly number[]
  readonly toHandled: readonly number[]
  /** To listeners whose messages wait for others. */
  readonly toGathered: readonly number[]
  readonly perSecond: number
}

export function reportOf(
  buyers: number,
  measured: readonly (Measured & { readonly shop: string })[],
): Report {
  const row = (what: string, values: readonly number[], goal: number | string) => [
    what,
    values.length,
    percentile(values, 0.5),
    percentile(values, 0.95),
    percentile(values, 0.99),
    goal,
  ]
  const rates = measured.map(({ shop, perSecond }) => `${perSecond.toFixed(1)} (${shop})`)
  return {
    tables: measured.map(({ shop, toConfirmed, toHandled, toGathered }) => ({
      title: `${shop}: milliseconds, with ${buyers} buyers`,
      head: ['from', 'count', 'p50', 'p95', 'p99', 'goal (p95)'],
      rows: [
        row('placeOrder sent to order CONFIRMED', toConfirmed, GOAL_MS.confirmed),
        row('message written to listener', toHandled, GOAL_MS.handled),
        row('message written to listener of gathered messages', toGathered, ''),
      ],
    })),
    notes: [
      `Checkouts to rest: ${rates.join(', ')} a second; each buyer looks at the order every 250 ms until it is confirmed. From the shop's own timestamps: a message is written before its transaction commits, and its listener's transaction has begun when it is handled.`,
    ],
    data: {
      buyers,
      shops: measured.map(({ shop, perSecond, toConfirmed, toHandled, toGathered }) => ({
        ...{ shop, perSecond },
        ...{ toConfirmedMs: toConfirmed, toHandledMs: toHandled, toGatheredMs: toGathered },
      })),
    },
  }
}
