import { type TestDatabase, testDatabase } from '@argyle/kit/testing/database'
import { hashPassword } from '@argyle/users/credential/password-hash'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_PASSWORD } from './customers/user.ts'
import type { Plan } from './plan.ts'
import { countOf } from './row.ts'
import { SeedRefused, seedShop } from './seed-shop.ts'

const plan: Plan = { seed: 1, size: 'demo', today: Date.parse('2026-11-21') }
const names = [
  'users',
  'products',
  'inventory',
  'reviews',
  'orders',
  'payments',
  'sandbox_gateway',
  'shipping',
  'support',
]
const databases = new Map<string, TestDatabase>()
const clients = new Map<string, pg.Client>()

const urlOf = (name: string) => databases.get(name)?.url ?? ''
const passwordHash = () => hashPassword(DEMO_PASSWORD)

async function ask(name: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = clients.get(name)
  if (!client) throw new Error(`not connected to ${name}`)
  return (await client.query(sql)).rows
}

async function connect(name: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(name) })
  await client.connect()
  clients.set(name, client)
}

beforeAll(async () => {
  for (const name of names) databases.set(name, await testDatabase(name))
  const { filled } = await seedShop({ plan, urlOf, passwordHash })
  expect(filled).toEqual(names)
  for (const name of names) await connect(name)
})

afterAll(async () => {
  for (const client of clients.values()) await client.end()
  for (const database of databases.values()) await database.drop()
})

test.each([
  ['users', 'account', 'user'],
  ['users', 'credential', 'user'],
  ['users', 'address', 'address'],
  ['products', 'product', 'product'],
  ['products', 'variant', 'variant'],
  ['products', 'category', 'category'],
  ['inventory', 'variant', 'variant'],
  ['inventory', 'stock_level', 'stockLevel'],
  ['inventory', 'reservation', 'order'],
  ['reviews', 'known_product', 'product'],
  ['reviews', 'author', 'user'],
  ['reviews', 'review', 'review'],
  ['orders', 'orders', 'order'],
  ['orders', 'known_variant', 'variant'],
  ['orders', 'customer_address', 'address'],
  ['orders', 'cart', 'cart'],
  ['payments', 'payment_method', 'paymentMethod'],
  ['sandbox_gateway', 'source', 'paymentMethod'],
  ['support', 'known_product', 'product'],
  ['support', 'known_order', 'order'],
  ['support', 'person', 'user'],
  ['support', 'sale', 'order'],
  ['support', 'customer', 'user'],
] as const)('%s has a row in %s for each %s', async (name, table, entity) => {
  const [row] = await ask(name, `SELECT count(*)::int AS rows FROM "${table}"`)
  expect(row).toEqual({ rows: countOf('demo', entity) })
})

test('a ticket has the messages that it counts, about an order of its customer', async () => {
  const wrong = await ask(
    'support',
    `SELECT t.id FROM ticket t LEFT JOIN ticket_message m ON m.ticket_id = t.id LEFT JOIN known_order o USING (order_id)
      GROUP BY t.id, o.customer_id
     HAVING count(m.id) <> t.message_count OR o.customer_id <> t.customer_id OR min(m.at) <> t.created_at OR max(m.at) > t.updated_at`,
  )
  expect(wrong).toEqual([])
  const statuses = await ask('support', 'SELECT DISTINCT status::text FROM ticket ORDER BY 1')
  expect(statuses.map(({ status }) => status)).toEqual([
    'OPEN',
    'RESOLVED',
    'WAITING_AGENT',
    'WAITING_CUSTOMER',
  ])
  const known = await ask('support', 'SELECT order_id, number, customer_id FROM known_order ORDER BY 1')
  expect(known).toEqual(
    await ask('orders', 'SELECT id AS order_id, number, customer_id FROM orders ORDER BY 1'),
  )
})

test('sales of support are the orders', async () => {
  const sales = await ask(
    'support',
    `SELECT order_id, buyer, net_minor::text, country_code, status = 'CANCELLED' AS cancelled FROM sale ORDER BY 1`,
  )
  const orders = `SELECT id AS order_id, customer_id AS buyer, (subtotal_minor - discount_minor)::text AS net_minor,
    ship_country_code AS country_code, status = 'CANCELLED' AS cancelled FROM orders ORDER BY 1`
  expect(sales).toEqual(await ask('orders', orders))
})

test('the demo has a finished campaign to people who had agreed, in three groups', async () => {
  const groups = await ask(
    'support',
    `SELECT r.arm, count(*) > 3 AS some FROM campaign c JOIN campaign_recipient r ON r.campaign_id = c.id
       JOIN customer u USING (user_id) WHERE c.status = 'SENT' AND u.accepts_campaigns GROUP BY r.arm ORDER BY r.arm`,
  )
  expect(groups).toEqual(['A', 'B', 'CONTROL'].map((arm) => ({ arm, some: true })))
  const [odd] = await ask(
    'support',
    `SELECT count(*)::int AS rows FROM campaign_recipient r JOIN customer u USING (user_id) WHERE NOT u.accepts_campaigns`,
  )
  expect(odd).toEqual({ rows: 0 })
})

test('a rating summary counts exactly the published reviews', async () => {
  const wrong = await ask(
    'reviews',
    `SELECT product_id FROM review LEFT JOIN rating_summary s USING (product_id) WHERE status = 'PUBLISHED'
      GROUP BY product_id, s.stars_1, s.stars_2, s.stars_3, s.stars_4, s.stars_5
     HAVING (count(*) FILTER (WHERE rating = 1), count(*) FILTER (WHERE rating = 2), count(*) FILTER (WHERE rating = 3),
             count(*) FILTER (WHERE rating = 4), count(*) FILTER (WHERE rating = 5))
            IS DISTINCT FROM (s.stars_1, s.stars_2, s.stars_3, s.stars_4, s.stars_5)`,
  )
  expect(wrong).toEqual([])
})

test('a review is found as helpful by as many as voted, the author not among them', async () => {
  const wrong = await ask(
    'reviews',
    `SELECT id FROM review LEFT JOIN helpful_vote ON review_id = id GROUP BY id
     HAVING count(review_id) <> helpful_count OR bool_or(customer_id = author_id)`,
  )
  expect(wrong).toEqual([])
})

test('the movements of a stock level add up to what it holds, and each says what it left', async () => {
  const wrong = await ask(
    'inventory',
    `SELECT l.id FROM stock_level l JOIN stock_movement m ON m.stock_level_id = l.id GROUP BY l.id
     HAVING sum(m.on_hand_delta) <> l.on_hand OR sum(m.reserved_delta) <> l.reserved OR l.version <> count(*)
     UNION ALL
     SELECT stock_level_id FROM (
       SELECT *, sum(on_hand_delta) OVER ledger AS on_hand_sum, sum(reserved_delta) OVER ledger AS reserved_sum,
              lag(at) OVER ledger AS before
         FROM stock_movement WINDOW ledger AS (PARTITION BY stock_level_id ORDER BY id)) m
      WHERE on_hand_sum <> on_hand OR reserved_sum <> reserved OR before > at`,
  )
  expect(wrong).toEqual([])
})

test('exactly the low stock levels have an alert', async () => {
  const wrong = await ask(
    'inventory',
    `SELECT l.id FROM stock_level l LEFT JOIN low_stock_alert a ON a.stock_level_id = l.id AND a.resolved_at IS NULL
      WHERE (l.on_hand - l.reserved <= l.reorder_point) <> (a.id IS NOT NULL)`,
  )
  expect(wrong).toEqual([])
  const [alerts] = await ask(
    'inventory',
    'SELECT count(*)::int AS open FROM low_stock_alert WHERE acknowledged_at IS NULL',
  )
  expect(alerts?.open).toBeGreaterThan(20)
})

test('what orders sold is what inventory committed', async () => {
  const sold = `SELECT o.id, v.variant_id, sum(v.quantity)::int AS units`
  const bought = await ask(
    'orders',
    `${sold} FROM orders o JOIN order_line v ON v.order_id = o.id WHERE status = 'CONFIRMED' GROUP BY 1, 2 ORDER BY 1, 2`,
  )
  const committed = await ask(
    'inventory',
    `SELECT m.order_id AS id, l.variant_id, sum(-m.on_hand_delta)::int AS units
       FROM stock_movement m JOIN stock_level l ON l.id = m.stock_level_id WHERE kind = 'COMMITTED' GROUP BY 1, 2 ORDER BY 1, 2`,
  )
  expect(committed).toEqual(bought)
})

test('the public availability is that of the levels, in inventory and in orders', async () => {
  const levels = await ask(
    'inventory',
    `SELECT v.id, v.available_quantity AS available FROM variant v JOIN stock_level l ON l.variant_id = v.id
      GROUP BY v.id HAVING least(sum(l.on_hand - l.reserved), 20) = v.available_quantity ORDER BY 1`,
  )
  expect(levels).toHaveLength(countOf('demo', 'variant'))
  const known = await ask('orders', 'SELECT variant_id AS id, available FROM variant_availability ORDER BY 1')
  expect(known).toEqual(levels)
})

test('an order charges its lines less its discount, and its history is a legal path', async () => {
  const wrong = await ask(
    'orders',
    `SELECT o.id FROM orders o JOIN order_line l ON l.order_id = o.id GROUP BY o.id
     HAVING sum(l.unit_minor * l.quantity) <> o.subtotal_minor OR sum(l.discount_minor) <> o.discount_minor
     UNION ALL
     SELECT o.id FROM orders o JOIN order_status_change c ON c.order_id = o.id GROUP BY o.id
     HAVING count(*) <> o.version OR array_agg(c.to_status::text ORDER BY c.version) NOT IN (
       ARRAY['PENDING', 'CONFIRMED'], ARRAY['PENDING', 'CANCELLING', 'CANCELLED'])
       OR (array_agg(c.to_status::text ORDER BY c.version DESC))[1] <> o.status::text`,
  )
  expect(wrong).toEqual([])
  const currencies = await ask('orders', 'SELECT DISTINCT currency::text FROM orders ORDER BY 1')
  expect(currencies.map(({ currency }) => currency)).toEqual(['EUR', 'JPY', 'USD'])
})

test('a coupon was used as often as orders that stand redeemed it', async () => {
  const used = await ask('orders', `SELECT code, times_used FROM coupon WHERE times_used > 0 ORDER BY code`)
  const counted = await ask(
    'orders',
    `SELECT coupon_code AS code, count(*)::int AS times_used FROM orders
      WHERE coupon_code IS NOT NULL AND status = 'CONFIRMED' GROUP BY 1 ORDER BY 1`,
  )
  expect(used).toEqual(counted)
})

test('prices in orders are those of the catalogue', async () => {
  const prices = await ask(
    'products',
    'SELECT variant_id, currency_code AS currency, amount_minor AS minor FROM variant_price ORDER BY 1, 2',
  )
  const known = await ask(
    'orders',
    'SELECT variant_id, currency::text, minor FROM variant_price ORDER BY variant_id, currency::text',
  )
  expect(known).toEqual(prices)
})

test('a database that is filled is left as it is', async () => {
  await ask('users', `UPDATE account SET display_name = 'Renamed' WHERE email = 'ada@argyle.example'`)
  const later = { ...plan, size: 'tiny' as const, today: plan.today + 1 }
  expect(await seedShop({ plan: later, urlOf, passwordHash })).toEqual({ plan, filled: [] })
  const [ada] = await ask('users', `SELECT display_name FROM account WHERE email = 'ada@argyle.example'`)
  expect(ada).toEqual({ display_name: 'Renamed' })
})

test('a seed that was cut off is finished by the plan of the databases that are filled', async () => {
  const fresh = await testDatabase('reviews')
  const filled = databases.get('reviews')
  databases.set('reviews', fresh)
  const before = await ask('reviews', 'SELECT id, body FROM review ORDER BY id')
  const result = await seedShop({ plan: { ...plan, today: plan.today + 1 }, urlOf, passwordHash })
  expect(result).toEqual({ plan, filled: ['reviews'] })
  await clients.get('reviews')?.end()
  await filled?.drop()
  await connect('reviews')
  expect(await ask('reviews', 'SELECT id, body FROM review ORDER BY id')).toEqual(before)
})

test('a database with rows of somebody else is refused', async () => {
  const fresh = await testDatabase('users')
  const used = databases.get('users')
  databases.set('users', fresh)
  await seedShop({ plan, urlOf, passwordHash, only: ['users'] })
  const client = new pg.Client({ connectionString: fresh.url })
  await client.connect()
  await client.query('DROP SCHEMA seed CASCADE')
  await client.end()
  await expect(seedShop({ plan, urlOf, passwordHash, only: ['users'] })).rejects.toThrow(SeedRefused)
  if (used) databases.set('users', used)
  await fresh.drop()
})

test('every seeded address has three shipping options, in every currency, for any cart', async () => {
  const addresses = await ask('orders', 'SELECT DISTINCT country_code, postal_code FROM customer_address')
  expect(addresses.length).toBeGreaterThan(5)
  const countries = [...new Set(addresses.map(({ country_code: code }) => code))]
  const served = await ask(
    'shipping',
    `SELECT zone_area.country_code, rate.currency, count(DISTINCT rate.method_id)::int AS methods
       FROM zone_area JOIN rate USING (zone_id) WHERE postal_prefix = '' AND up_to_grams >= 20000 GROUP BY 1, 2`,
  )
  for (const country of countries) {
    const rows = served.filter(({ country_code: code }) => code === country)
    expect([country, rows.map(({ methods }) => methods)]).toEqual([country, [3, 3, 3]])
  }
})
