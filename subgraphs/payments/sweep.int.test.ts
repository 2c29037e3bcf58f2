import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

const DAY_MS = 24 * 3_600_000
let now = new Date('2026-11-21T09:00:00Z')
let shop: OpenPayments
beforeAll(async () => {
  shop = await openPayments({ clock: () => now })
})
afterAll(() => shop.close())

test('a payment whose authorization cannot be ended holds no other up', async () => {
  const orders = []
  for (let count = 0; count < 3; count++) orders.push((await shop.authorized(customer(newId('usr')))).orderId)
  const rows = await Promise.all(orders.map((orderId) => shop.row(orderId)))
  const [bad, ...good] = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  now = new Date(now.getTime() + 30 * DAY_MS)
  const name = 'ALTER TABLE payment ADD CONSTRAINT broken CHECK'
  await shop.sql(`${name} (id <> '${bad?.id}' OR status <> 'VOID_PENDING') NOT VALID`)
  await expect(shop.resources.payments.endRunOut()).rejects.toThrow(bad?.id)
  await shop.resources.work.idle()
  for (const { orderId } of good) expect((await shop.row(orderId)).status).not.toBe('AUTHORIZED')
  await shop.sql('ALTER TABLE payment DROP CONSTRAINT broken')
  await shop.resources.payments.endRunOut()
  expect((await shop.row(bad?.orderId ?? '')).status).not.toBe('AUTHORIZED')
})
