import { readFileSync } from 'node:fs'
import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { expectPages } from '@argyle/kit/testing/past-events'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CARTS_COUNTED } from './events.ts'
import { history } from './history.ts'
import type { Resources } from './subgraph.ts'
import { openOrders, type Shop, type Sock } from './testing/open-orders.ts'

const NOW = new Date('2026-11-20T10:20:00.000Z')
const QUARTER = '2026-11-20T10:15:00.000Z'
let shop: Shop
let sock: Sock
beforeAll(async () => {
  shop = await openOrders({ clock: () => NOW })
  sock = await shop.addSock()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['outbox_message ('])
const resources = () => shop.resources as Resources
beforeEach(() => resources().prisma.$executeRawUnsafe('TRUNCATE quarter_count, outbox_message'))

const counted = () =>
  resources().prisma.$queryRawUnsafe<{ quarter: Date; count: number }[]>(
    'SELECT quarter, sum(count)::int AS count FROM quarter_count GROUP BY 1',
  )
const carts = (count: number) => [{ quarter: new Date(QUARTER), count }]

test('a cart that a guest begins counts once; a second line, and the same request again, do not', async () => {
  const idempotencyKey = newId('key')
  const cart = await shop.fill(anonymous, sock, 1, { idempotencyKey })
  await shop.fill(anonymous, sock, 1, { idempotencyKey })
  await shop.fill(anonymous, sock, 1, { cartId: cart.id })
  expect(await counted()).toEqual(carts(1))
})

test('a customer’s own cart counts once; one that takes over a guest’s does not', async () => {
  const [ada, bo] = [customer(newId('usr')), customer(newId('usr'))]
  await shop.fill(ada, sock)
  await shop.fill(ada, sock)
  const { id: cartId } = await shop.fill(anonymous, sock)
  const claim = `mutation ($input: ClaimCartInput!) { claimCart(input: $input) { cart { id } userErrors { __typename } } }`
  const { data } = await shop.execute(claim, { input: { idempotencyKey: newId('key'), cartId } }, bo)
  expect(data.claimCart.userErrors).toEqual([])
  expect(await counted()).toEqual(carts(2))
})

test('an addition that is refused counts nothing', async () => {
  const add = `mutation ($input: AddCartLineInput!) { addCartLine(input: $input) { cart { id } userErrors { __typename } } }`
  const input = { idempotencyKey: newId('key'), variantId: newId('var'), quantity: 1 }
  await shop.execute(add, { input }, customer(newId('usr')))
  expect(await counted()).toEqual([])
})

test('two requests at once of a customer without a cart count one', async () => {
  const ada = customer(newId('usr'))
  await shop.atOnce([1, 2, 3].map(() => () => shop.fill(ada, sock)))
  expect(await counted()).toEqual(carts(1))
})

test('the count has the fields of the sample, and is republished only to analytics', async () => {
  await shop.fill(anonymous, sock)
  await shop.runTimer('publish-cart-counts')
  const file = new URL(`event-samples/${CARTS_COUNTED}.json`, import.meta.url)
  const sample = JSON.parse(readFileSync(file, 'utf8'))
  const [published] = (await shop.outbox()).filter(({ type }) => type === CARTS_COUNTED)
  expect(published).toMatchObject({ subject: QUARTER, sequence: 1, data: { quarter: QUARTER, count: 1 } })
  expect(Object.keys(published?.data as object).toSorted()).toEqual(Object.keys(sample.data).toSorted())
  const part = history.at(-1)
  const page = { after: null, limit: 10, since: null }
  const events = await part?.(resources(), { ...page, recipient: 'analytics' })
  expect(events?.map(({ event }) => event)).toEqual([
    { type: CARTS_COUNTED, subject: QUARTER, sequence: 1, data: { quarter: QUARTER, count: 1 } },
  ])
  expect(await part?.(resources(), { ...page, recipient: 'support' })).toEqual([])
})

test('the history of the counts comes page by page, and since a time', async () => {
  const { prisma } = resources()
  await prisma.$executeRawUnsafe(`
    INSERT INTO quarter_count (quarter, slot, count)
    SELECT timestamptz '2020-01-01T10:00:00Z' - n * interval '15 minutes', slot, n FROM generate_series(1, 3) n, generate_series(0, 1) slot`)
  await expectPages(history.slice(-1), resources(), 'analytics')
})
