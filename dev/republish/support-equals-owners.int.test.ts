import type { Envelope } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { type TestSubgraph, testSubgraph } from '@argyle/kit/testing/subgraph'
import { notifications } from '@argyle/notifications/subgraph'
import { orders } from '@argyle/orders/subgraph'
import { products } from '@argyle/products/subgraph'
import type { EvaluationStore } from '@argyle/support/segment/evaluation'
import { markBuyers } from '@argyle/support/segment/recategorised'
import type { RfmStore } from '@argyle/support/segment/rfm'
import { support } from '@argyle/support/subgraph'
import { users } from '@argyle/users/subgraph'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertConsents } from '../seed/customers/consent.ts'
import type { Plan } from '../seed/plan.ts'
import { seedShop } from '../seed/seed-shop.ts'

const plan: Plan = { seed: 1, size: 'demo', today: Date.parse('2026-11-21') }
const NAMES = ['users', 'products', 'orders', 'notifications', 'support'] as const
/** A time after which no seeded message is. */
const now = new Date('2026-11-21T00:00:00.000Z')

const databases = new Map<string, TestDatabase>()
const opened: TestSubgraph[] = []
let seeded: TestSubgraph
let rebuilt: TestSubgraph

const urlOf = (name: string) => databases.get(name)?.url ?? ''
const open = async (definition: Parameters<typeof testSubgraph>[0], database?: TestDatabase) => {
  const key = Buffer.alloc(32, 1).toString('base64url')
  const settings = {
    ...{ LINK_KEY: key, SIGNING_KEY_SECRET: key, VAPID_PRIVATE_KEY: 'none' },
    ...{ ACCESS_TOKEN_ISSUER: 'test', ACCESS_TOKEN_AUDIENCE: 'test' },
  }
  const subgraph = await testSubgraph(definition, { database, settings, clock: () => now })
  opened.push(subgraph)
  return subgraph
}

beforeAll(async () => {
  for (const name of NAMES) databases.set(name, await testDatabase(name))
  const only = ['users', 'products', 'orders', 'support']
  // Nobody signs in.
  const passwordHash = async () => '$argon2id$v=19$none'
  await seedShop({ plan, urlOf, only, passwordHash })
  const client = new pg.Client({ connectionString: urlOf('notifications') })
  await client.connect()
  await insertConsents(client, plan)
  await client.end()
  seeded = await open(support, databases.get('support'))
  rebuilt = await open(support)
})
afterAll(() => Promise.all(opened.map((subgraph) => subgraph.close())))

/** Replays the history of an owner to the new support, as `npm run republish` does. */
async function replay(definition: Parameters<typeof testSubgraph>[0]): Promise<void> {
  const owner = await open(definition, databases.get(definition.name))
  for (const part of definition.history ?? [])
    for (let after: string | null = null; ; ) {
      const history = await part(owner.resources, { after, limit: 200, since: null, recipient: 'support' })
      const messages = history.map(({ event, time }): Envelope => {
        const cause = { correlationId: 'test', causationId: null, traceparent: null }
        const about = { id: newId('evt'), source: definition.name, time: time.toISOString() }
        return { ...about, ...event, ...cause, replayed: true }
      })
      if (messages.length > 0) await rebuilt.deliver('support.replay', { messages })
      const last = history.at(-1)
      if (!last) break
      after = last.cursor
    }
}

const ask = (subgraph: TestSubgraph, sql: string) =>
  subgraph.resources.prisma.$queryRawUnsafe<Record<string, unknown>[]>(sql)

/** Does what the timer of segments does. */
async function work({ resources }: TestSubgraph): Promise<void> {
  // The resources are those of support.
  const { evaluations, rfm } = resources as unknown as { evaluations: EvaluationStore; rfm: RfmStore }
  // The client is that of support.
  await markBuyers(resources.prisma as unknown as Parameters<typeof markBuyers>[0])
  await evaluations.evaluateDue()
  await rfm.refreshDue()
  await evaluations.evaluateDue()
}

test('an emptied database of support has the same facts and members after replays, in any order of owners, and repeated', async () => {
  for (const definition of [notifications, orders, users, products, orders, products])
    await replay(definition)
  const segments = await ask(seeded, 'SELECT id, name, rule::text, created_at FROM segment')
  for (const { id, name, rule, created_at: at } of segments)
    await rebuilt.resources.prisma.$executeRawUnsafe(
      'INSERT INTO segment (id, name, rule, version, created_at, updated_at) VALUES ($1, $2, $3::jsonb, 1, $4, $4)',
      ...[id, name, rule, at],
    )
  for (const subgraph of [seeded, rebuilt]) await work(subgraph)
  const all = [
    'SELECT order_id, status, buyer, placed_at, currency, net_minor, country_code, product_ids FROM sale ORDER BY 1',
    'SELECT user_id, orders, first_order_at, last_order_at, country_code, spent, ARRAY(SELECT unnest(categories) ORDER BY 1) AS categories, accepts_campaigns, recency_score, frequency_score, monetary_score FROM customer ORDER BY 1',
    'SELECT category_id, parent_id FROM known_category ORDER BY 1',
    'SELECT product_id, category_id, status FROM known_product ORDER BY 1',
    'SELECT order_id, number, customer_id, country_code FROM known_order ORDER BY 1',
    'SELECT segment_id, user_id, reasons FROM segment_member ORDER BY 1, 2',
    'SELECT scale FROM rfm_scale',
  ]
  for (const sql of all) {
    const rows = await ask(seeded, sql)
    expect(rows.length).toBeGreaterThan(0)
    expect(await ask(rebuilt, sql)).toEqual(rows)
  }
  const sizes = await ask(seeded, 'SELECT segment_id, count(*)::int AS size FROM segment_member GROUP BY 1')
  expect(sizes).toHaveLength(3)
})
