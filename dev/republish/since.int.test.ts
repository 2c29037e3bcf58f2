import { inventory } from '@argyle/inventory/subgraph'
import type { HistoryPart, PastEvent } from '@argyle/kit/republish'
import type { Resources } from '@argyle/kit/subgraph'
import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { type TestSubgraph, testSubgraph } from '@argyle/kit/testing/subgraph'
import { orders } from '@argyle/orders/subgraph'
import { products } from '@argyle/products/subgraph'
import { reviews } from '@argyle/reviews/subgraph'
import { support } from '@argyle/support/subgraph'
import { users } from '@argyle/users/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Plan } from '../seed/plan.ts'
import { seedShop } from '../seed/seed-shop.ts'

const plan: Plan = { seed: 1, size: 'demo', today: Date.parse('2026-11-21') }
const OWNERS = { users, products, inventory, reviews, orders, support }
const key = Buffer.alloc(32, 1).toString('base64url')
const SETTINGS = {
  ...{ LINK_KEY: key, SIGNING_KEY_SECRET: key },
  ...{ ACCESS_TOKEN_ISSUER: 'test', ACCESS_TOKEN_AUDIENCE: 'test' },
}

const databases = new Map<string, TestDatabase>()
const opened: TestSubgraph[] = []
beforeAll(async () => {
  for (const name of Object.keys(OWNERS)) databases.set(name, await testDatabase(name))
  const urlOf = (name: string) => databases.get(name)?.url ?? ''
  // Nobody signs in.
  const passwordHash = async () => '$argon2id$v=19$none'
  await seedShop({ plan, urlOf, only: Object.keys(OWNERS), passwordHash })
})
afterAll(() => Promise.all(opened.map((subgraph) => subgraph.close())))

/** All events of a part of the history for support, page by page. */
async function eventsOf(part: HistoryPart<Resources>, resources: Resources, since: Date | null) {
  const all: PastEvent[] = []
  for (let after: string | null = null; ; ) {
    const page = await part(resources, { after, limit: 200, since, recipient: 'support' })
    const last = page.at(-1)
    if (!last) return all
    all.push(...page)
    after = last.cursor
  }
}

test.each(Object.entries(OWNERS))(
  '%s publishes events since the given time, and none older',
  async (name, owner) => {
    const subgraph = await testSubgraph(owner, { database: databases.get(name), settings: SETTINGS })
    opened.push(subgraph)
    for (const part of owner.history ?? []) {
      const all = await eventsOf(part, subgraph.resources, null)
      const times = all.map(({ time }) => time.getTime()).toSorted((a, b) => a - b)
      const middle = new Date(times[Math.floor(times.length / 2)] ?? 0)
      const young = all.filter(({ time }) => time >= middle)
      expect(await eventsOf(part, subgraph.resources, middle)).toEqual(young)
      expect(await eventsOf(part, subgraph.resources, new Date('9999-01-01'))).toEqual([])
    }
  },
)
