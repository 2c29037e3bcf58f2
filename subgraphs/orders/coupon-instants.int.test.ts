import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { encodeCursor } from '@argyle/kit/connection'
import { newId } from '@argyle/kit/ids'
import { FIRST_INSTANT, LAST_INSTANT } from '@argyle/kit/instant'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clerk, openOrders, type Shop } from './testing/open-orders.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openOrders()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const CREATE = `mutation ($input: CreateCouponInput!) {
  createCoupon(input: $input) { coupon { startsAt expiresAt } userErrors { __typename } } }`

function create(instants: object) {
  const code = randomUUID().slice(0, 30)
  const input = { idempotencyKey: randomUUID(), code, percentBasisPoints: 1, ...instants }
  return shop.execute(CREATE, { input }, clerk)
}

test('the first and the last instant of the graph are kept and read back', async () => {
  const { data } = await create({ startsAt: '0001-01-01T00:00:00z', expiresAt: LAST_INSTANT })
  expect(data.createCoupon.coupon).toEqual({ startsAt: FIRST_INSTANT, expiresAt: LAST_INSTANT })
})

test.each([
  '2026-02-30T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-06-30T23:59:60Z',
  '9999-12-31T23:59:59-05:00',
  '0001-01-01T00:00:00+01:00',
  '0000-06-01T00:00:00Z',
  '+010000-01-01T00:00:00Z',
])('a coupon from or until %s is refused', async (instant) => {
  for (const field of ['startsAt', 'expiresAt']) {
    const { errors } = await create({ [field]: instant })
    expect(errors).toMatchObject([
      { message: expect.stringContaining(instant), extensions: { code: 'BAD_USER_INPUT' } },
    ])
    const literal = `mutation { createCoupon(input: { idempotencyKey: "literal", code: "LITERAL", percentBasisPoints: 1,
      ${field}: "${instant}" }) { coupon { code } } }`
    expect((await shop.execute(literal, {}, clerk)).errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ])
  }
})

test.each([
  '+010000-01-01T00:00:00.000Z',
  '0000-01-01T00:00:00.000Z',
  '-000001-01-01T00:00:00.000Z',
  '2026-02-30T00:00:00.000Z',
  '2026-11-21T10:00:00.000+01:00',
  'Infinity',
])('a cursor forged with %s is refused in every list', async (instant) => {
  const lists = [
    ['coupons(after: $after) { edges { cursor } }', newId('cpn')],
    ['orders(after: $after) { edges { cursor } }', newId('ord')],
  ]
  for (const [list = '', id = ''] of lists) {
    const variables = { after: encodeCursor('', [instant, id]) }
    const { errors } = await shop.execute(`query ($after: String) { ${list} }`, variables, clerk)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  }
})

test('a database that was made before keeps its coupons, within the range', async () => {
  const run = (sql: string) => shop.prisma.$executeRawUnsafe(sql)
  await run(
    'ALTER TABLE coupon DROP CONSTRAINT coupon_starts_at_check, DROP CONSTRAINT coupon_expires_at_check',
  )
  await run(`INSERT INTO coupon (id, code, basis_points, starts_at, expires_at, created_at) VALUES
    ('cpn_1', 'OLD-1', 1, '10000-01-01T04:59:59Z', NULL, now()),
    ('cpn_2', 'OLD-2', 1, '10000-01-01T00:00:00Z', '10000-01-02T00:00:00Z', now()),
    ('cpn_3', 'OLD-3', 1, NULL, '0044-03-15T12:00:00Z BC', now()),
    ('cpn_4', 'OLD-4', 1, '2026-11-21T09:00:00Z', NULL, now())`)
  const file = '../../prisma/orders/migrations/20261127000100_coupon_instants/migration.sql'
  for (const sql of (await readFile(new URL(file, import.meta.url), 'utf8')).split(/;\n/)) {
    if (sql.trim() !== '') await run(sql)
  }
  const query = '{ coupons(first: 100) { edges { node { code startsAt expiresAt } } } }'
  const { data, errors } = await shop.execute(query, {}, clerk)
  expect(errors).toEqual([])
  const nodes = data.coupons.edges.map(({ node }: { node: { code: string } }) => node)
  expect(nodes.filter(({ code }: { code: string }) => code.startsWith('OLD')).toReversed()).toEqual([
    { code: 'OLD-1', startsAt: '9999-12-31T23:59:59.998Z', expiresAt: null },
    { code: 'OLD-2', startsAt: '9999-12-31T23:59:59.998Z', expiresAt: LAST_INSTANT },
    { code: 'OLD-3', startsAt: null, expiresAt: '0001-01-01T00:00:00.001Z' },
    { code: 'OLD-4', startsAt: '2026-11-21T09:00:00.000Z', expiresAt: null },
  ])
})
