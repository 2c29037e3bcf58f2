import { inventory } from '@argyle/inventory/subgraph'
import type { PastEvent } from '@argyle/kit/republish'
import { runSql, type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { readSequentially, reverseRows } from '@argyle/kit/testing/row-order'
import { testSubgraph } from '@argyle/kit/testing/subgraph'
import { orders } from '@argyle/orders/subgraph'
import { products } from '@argyle/products/subgraph'
import { reviews } from '@argyle/reviews/subgraph'
import { support } from '@argyle/support/subgraph'
import { users } from '@argyle/users/subgraph'
import { beforeAll, expect, test } from 'vitest'
import type { Plan } from '../seed/plan.ts'
import { seedShop } from '../seed/seed-shop.ts'

const plan: Plan = { seed: 1, size: 'tiny', today: Date.parse('2026-11-21') }
const OWNERS = { users, products, inventory, reviews, orders, support }
const RECIPIENTS = ['support', 'orders', 'analytics', 'notifications']
const key = Buffer.alloc(32, 1).toString('base64url')
const SETTINGS = {
  ...{ LINK_KEY: key, SIGNING_KEY_SECRET: key },
  ...{ ACCESS_TOKEN_ISSUER: 'test', ACCESS_TOKEN_AUDIENCE: 'test' },
}
/** Accounts that were deleted, which the seed has none of. */
const DELETED = `INSERT INTO deleted_account (user_id, version, deleted_at) VALUES ('usr_1', 2, now()), ('usr_2', 2, now()), ('usr_3', 2, now())`

const databases = new Map<string, TestDatabase>()
beforeAll(async () => {
  for (const name of Object.keys(OWNERS)) databases.set(name, await testDatabase(name))
  const urlOf = (name: string) => databases.get(name)?.url ?? ''
  // Nobody signs in.
  const passwordHash = async () => '$argon2id$v=19$none'
  await seedShop({ plan, urlOf, only: Object.keys(OWNERS), passwordHash })
  await runSql(urlOf('users'), DELETED)
  for (const database of databases.values()) {
    await reverseRows(database)
    await readSequentially(database)
  }
})

const PAGE = 7

test.each(Object.entries(OWNERS))(
  '%s reads each part of its history in the order of its cursors, whatever the order of its rows',
  async (name, owner) => {
    const subgraph = await testSubgraph(owner, { database: databases.get(name), settings: SETTINGS })
    for (const part of owner.history ?? [])
      for (const recipient of RECIPIENTS) {
        const read = (after: string | null, limit: number) =>
          part(subgraph.resources, { after, limit, since: null, recipient })
        const whole = await read(null, 100_000)
        const cursors = whole.map(({ cursor }) => cursor)
        expect(cursors).toEqual(cursors.toSorted())
        const paged: PastEvent[] = []
        for (
          let page = await read(null, PAGE);
          page.length > 0;
          page = await read(paged.at(-1)?.cursor ?? '', PAGE)
        )
          paged.push(...page)
        expect(paged).toEqual(whole)
      }
    await subgraph.close()
  },
)
