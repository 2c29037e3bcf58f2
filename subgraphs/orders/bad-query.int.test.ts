import { encodeCursor } from '@argyle/kit/connection'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clerk, openOrders, type Shop } from './testing/open-orders.ts'
import { ENTITIES } from './testing/operations.ts'

let shop: Shop
const customerId = newId('usr')
const LONG = 'x'.repeat(10_000)

beforeAll(async () => {
  shop = await openOrders()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const PAGES = [
  [{ first: 0 }, 'first is 0'],
  [{ first: -1 }, 'first is -1'],
  [{ first: 101 }, 'first is 101'],
  [{ first: 2_147_483_648 }, '2147483648'],
  [{ first: '5' }, '"5"'],
  [{ after: '' }, '""'],
  [{ after: 'nonsense' }, 'nonsense'],
  [{ after: LONG }, '10000 characters'],
  [{ after: encodeCursor('', ['a']) }, '"a"'],
  [{ after: encodeCursor('', ['not a time', 'ord_1']) }, 'not a time'],
  [{ after: encodeCursor('', ['2026-11-21T09:00:00.000Z', 'a\u0000b']) }, 'allowed is a cursor'],
  [{ after: encodeCursor('', ['+275760-09-13T00:00:00.000Z', 'ord_1']) }, 'allowed is a cursor'],
  [{ after: encodeCursor('', [1, 2, 3]) }, 'allowed is a cursor'],
  [{ after: encodeCursor('', ['2026-11-21T09:00:00.000Z', newId('usr')]) }, 'allowed is a cursor'],
  [{ after: encodeCursor('price', ['2026-11-21T09:00:00.000Z', 'ord_1']) }, 'allowed is a cursor'],
] as const

test.each(PAGES)('a page of %o is refused in every list', async (variables, shown) => {
  const lists = [
    'query ($first: Int, $after: String) { orders(first: $first, after: $after) { edges { cursor } } }',
    'query ($first: Int, $after: String) { coupons(first: $first, after: $after) { edges { cursor } } }',
    `query ($first: Int, $after: String) { _entities(representations: [{ __typename: "User", id: "${customerId}" }]) {
       ... on User { orders(first: $first, after: $after) { edges { cursor } } } } }`,
  ]
  for (const list of lists) {
    const { errors } = await shop.execute(list, variables, clerk)
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT'])
    expect(errors[0]?.message).toContain(shown)
  }
})

test('an id of no form is refused, and names no entity', async () => {
  const ids = ['', ' ', 'nonsense', 'ord_1', 'ord_x', LONG, 'ord_\u0000', "ord_'--", newId('usr')]
  for (const id of ids) {
    const { data, errors } = await shop.execute(
      'query ($id: ID!) { order(id: $id) { id } cart(id: $id) { id } coupon(code: $id) { id } }'.replace(
        'coupon(code: $id)',
        'coupon(code: "\\u0000")',
      ),
      { id },
      clerk,
    )
    expect(data).toEqual({ order: null, cart: null, coupon: null })
    expect(errors.map(({ message, path }) => [path, message])).toEqual([
      [['order'], expect.stringMatching(/^id is .*: allowed is an id that starts with ord_/)],
      [['cart'], expect.stringMatching(/^id is .*: allowed is an id that starts with crt_/)],
    ])
    const representations = ['Order', 'OrderLine', 'Cart', 'CartLine'].map((__typename) => ({
      __typename,
      id,
    }))
    const found = await shop.execute(
      ENTITIES,
      { representations: [...representations, { __typename: 'Order', number: id }] },
      clerk,
    )
    expect([found.data._entities, found.errors]).toEqual([[null, null, null, null, null], []])
  }
})

test('a status that there is not is refused with its name', async () => {
  const { errors } = await shop.execute(
    'query ($s: OrderStatus) { orders(status: $s) { edges { cursor } } }',
    { s: 'LOST' },
    clerk,
  )
  expect(errors).toMatchObject([
    { message: expect.stringContaining('LOST'), extensions: { code: 'BAD_USER_INPUT' } },
  ])
})
