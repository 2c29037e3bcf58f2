import { COUNTS_KEPT_DAYS } from '@argyle/kit/quarter-counts'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOrders, type Shop } from './testing/open-orders.ts'

const NOW = new Date('2026-11-20T10:20:00.000Z')
let shop: Shop
beforeAll(async () => {
  shop = await openOrders({ clock: () => NOW })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

test.each([
  [
    'forget-cart-counts',
    'INSERT INTO quarter_count (quarter, slot, count) SELECT t, 0, 1',
    'SELECT quarter AS time FROM quarter_count',
    -COUNTS_KEPT_DAYS * 86_400_000,
  ],
  [
    'forget-quote-keys',
    "INSERT INTO quote_key (key_id, public_key, not_after, sequence) SELECT 'qky_' || t, 'timed', t, 1",
    "SELECT not_after AS time FROM quote_key WHERE public_key = 'timed'",
    0,
  ],
  [
    'forget-throttles',
    "INSERT INTO throttle (key, empty_at) SELECT 'timed:' || t, t",
    "SELECT empty_at AS time FROM throttle WHERE key LIKE 'timed:%'",
    1,
  ],
  [
    'delete-expired-carts',
    "INSERT INTO cart (id, state, currency, version, expires_at) SELECT 'crt_' || t, 'OPEN', 'USD', 1, t",
    'SELECT expires_at AS time FROM cart',
    1,
  ],
])('%s deletes the rows whose time is over, and no other', async (name, insert, read, firstKept) => {
  const { prisma } = shop
  const kept = new Date(NOW.getTime() + firstKept)
  const over = new Date(kept.getTime() - 1)
  await prisma.$executeRawUnsafe(`${insert} FROM unnest($1::timestamptz[]) t`, [over, kept])
  await shop.runTimer(name)
  expect(await prisma.$queryRawUnsafe(read)).toEqual([{ time: kept }])
})
