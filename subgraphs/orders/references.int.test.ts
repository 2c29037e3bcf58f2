import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clerk, openOrders, type Shop, type Sock, type TestBuyer } from './testing/open-orders.ts'
import { ADD, CART, ENTITIES, ORDER, ORDER_FIELDS, PLACE } from './testing/operations.ts'

let shop: Shop
let buyer: TestBuyer
let stranger: TestBuyer
let sock: Sock
const orders: { id: string; number: string; lineId: string }[] = []

beforeAll(async () => {
  shop = await openOrders()
  buyer = await shop.addBuyer()
  stranger = await shop.addBuyer()
  sock = await shop.addSock()
  for (let index = 0; index < 6; index++) {
    await shop.fill(buyer.viewer, sock)
    await shop.fill(buyer.viewer, await shop.addSock())
    const { order } = await shop.place(buyer)
    orders.push({ id: order.id, number: order.number, lineId: order.lines[0].id })
  }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['orders ('])

async function entities(representations: object[], viewer: Viewer) {
  const { data, errors } = await shop.execute(ENTITIES, { representations }, viewer)
  expect(errors).toEqual([])
  return data._entities
}

const order = (at: number) => orders[at] ?? { id: '', number: '', lineId: '' }

describe('another customer’s order answers exactly as one that does not exist', () => {
  const ways: [string, (place: { id: string; number: string; lineId: string }) => object][] = [
    ['by id', ({ id }) => ({ __typename: 'Order', id })],
    ['by number', ({ number }) => ({ __typename: 'Order', number })],
    ['by a line', ({ lineId }) => ({ __typename: 'OrderLine', id: lineId })],
  ]

  test.each(ways)('through _entities, %s', async (_, representation) => {
    const missing = { id: newId('ord'), number: 'A-0000-0000', lineId: newId('oln') }
    for (const viewer of [stranger.viewer, anonymous]) {
      const answers = await entities([representation(order(0)), representation(missing)], viewer)
      expect(answers).toEqual([null, null])
    }
    const [own] = await entities([representation(order(0))], buyer.viewer)
    const [read] = await entities([representation(order(0))], clerk)
    expect(own).not.toBeNull()
    expect(read).toEqual(own)
    const [last, first] = await entities([representation(order(1)), representation(order(0))], clerk)
    expect(first).toEqual(own)
    expect([order(1).id, order(1).lineId]).toContain(last.id)
  })

  test('through order(id)', async () => {
    const of = (id: string) => shop.execute(ORDER, { id }, stranger.viewer)
    expect(await of(order(0).id)).toEqual(await of(newId('ord')))
    expect((await of('not an id')).data).toEqual((await of(newId('ord'))).data)
    const { data, errors } = await shop.execute(ORDER, { id: order(0).id })
    expect([data.order, errors[0]?.extensions?.code]).toEqual([null, 'UNAUTHENTICATED'])
  })

  test('through the customer: orders and cart are theirs alone', async () => {
    const [seen] = await entities([{ __typename: 'User', id: buyer.id }], stranger.viewer)
    expect(seen).toEqual({ __typename: 'User', id: buyer.id, cart: null, orders: null })
    const representations = [{ __typename: 'User', id: buyer.id }]
    const { data, errors } = await shop.execute(ENTITIES, { representations }, anonymous)
    expect(data._entities).toEqual([seen])
    expect(errors.map(({ path, extensions }) => [path?.at(-1), extensions?.code])).toEqual([
      ['cart', 'UNAUTHENTICATED'],
      ['orders', 'UNAUTHENTICATED'],
    ])
    for (const [scope, isShown] of [
      ['orders:read', true],
      ['orders:write', false],
    ] as const) {
      const [read] = await entities(representations, staff(scope))
      expect([scope, read.cart, read.orders !== null]).toEqual([scope, null, isShown])
    }
  })

  test('through a cart and its lines, which their customer reads by each of them', async () => {
    const owner = await shop.addBuyer()
    await shop.fill(owner.viewer, sock, 2)
    const cart = await shop.fill(owner.viewer, await shop.addSock(), 3)
    const [two, three] = cart.lines.map(({ id, quantity }) => ({ __typename: 'CartLine', id, quantity }))
    const { id, version, total } = cart
    const representations = [
      { __typename: 'User', id: owner.id },
      { __typename: 'Cart', id },
      { __typename: 'CartLine', id: three?.id },
      { __typename: 'CartLine', id: two?.id },
    ]
    const [user, ...own] = await entities(representations, owner.viewer)
    expect(user.cart).toEqual({ id })
    expect(own).toEqual([{ __typename: 'Cart', id, version, total }, three, two])
    const [theirs, ...others] = await entities(representations, stranger.viewer)
    expect([theirs.cart, ...others]).toEqual([null, null, null, null])
  })
})

test('a customer’s orders come newest first, page by page', async () => {
  const page = `query ($representations: [_Any!]!, $after: String) { _entities(representations: $representations) {
    ... on User { orders(first: 4, after: $after) { edges { node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } } } }`
  const representations = [{ __typename: 'User', id: buyer.id }]
  const read = async (after: string | null) =>
    (await shop.execute(page, { representations, after }, buyer.viewer)).data._entities[0].orders
  // The first three were placed last. Ids decide among orders of one instant.
  const placed = [...orders.slice(3), ...orders.slice(0, 3)].map(({ id }) => id)
  for (const [place, id] of placed.entries()) {
    const placedAt = new Date(Date.parse('2026-11-21T09:00:00Z') + (place < 3 ? 0 : 1))
    await shop.prisma.order.update({ where: { id }, data: { placedAt } })
  }
  // After ANALYZE, PostgreSQL scans the small table sequentially, so that only ORDER BY determines the order.
  await shop.prisma.$executeRaw`ANALYZE orders`
  const first = await read(null)
  const second = await read(first.pageInfo.endCursor)
  const ids = [...first.edges, ...second.edges].map(({ node }: { node: { id: string } }) => node.id)
  expect(ids).toEqual(placed.toReversed())
  expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false])
  // Each customer of a request has a page.
  const other = await shop.addBuyer()
  const theirs: string[] = []
  for (let count = 0; count < 3; count++) theirs.unshift((await shop.order(other)).id)
  const users = [other, buyer, stranger].map(({ id }) => ({ __typename: 'User', id }))
  const pages = (await entities(users, clerk)).map(
    ({ orders: { edges } }: { orders: { edges: { node: { id: string } }[] } }) =>
      edges.map(({ node }) => node.id),
  )
  expect(pages).toEqual([theirs.slice(0, 2), ids.slice(0, 2), []])
})

test('the newest 200 steps of an order are shown', async () => {
  const { id: orderId } = order(5)
  await shop.prisma.orderStep.createMany({
    data: Array.from({ length: 205 }, (_, number) => {
      return { orderId, version: 1, at: new Date(), actor: 'shop' as const, text: `step ${number}` }
    }),
  })
  const steps = 'history { steps { text } }'
  const query = `query ($id: ID!, $other: ID!) { order(id: $id) { ${steps} } other: order(id: $other) { ${steps} } }`
  const { data } = await shop.execute(query, { id: orderId, other: order(4).id }, buyer.viewer)
  const texts = data.order.history.flatMap(({ steps }: { steps: { text: string }[] }) => steps)
  expect(texts.map(({ text }: { text: string }) => text)).toEqual(
    Array.from({ length: 200 }, (_, number) => `step ${number + 5}`),
  )
  const text = 'The order is placed. Its stock is being reserved.'
  expect(data.other.history).toEqual([{ steps: [{ text }] }])
})

describe('a verified purchase', () => {
  const review = (author: string | null, product: string | null) => ({
    __typename: 'Review',
    id: newId('rev'),
    author: author && { __typename: 'User', id: author },
    product: product && { __typename: 'Product', id: product },
  })
  const verdicts = async (reviews: object[]) =>
    (await entities(reviews, anonymous)).map(
      ({ verifiedPurchase }: { verifiedPurchase: boolean | null }) => verifiedPurchase,
    )

  test('is one of an order that was confirmed, and not of one that is under way or was cancelled', async () => {
    const [reader, good, other] = [await shop.addBuyer(), await shop.addSock(), await shop.addSock()]
    const { id } = await shop.order(reader, good)
    expect(await verdicts([review(reader.id, good.productId)])).toEqual([false])
    await shop.answer('reserved', id)
    await shop.answer('committed', id)
    const second = await shop.addBuyer()
    const { id: theirs } = await shop.order(second, other)
    await shop.answer('reserved', theirs)
    await shop.answer('committed', theirs)
    const cancelled = await shop.order(reader, other)
    await shop.answer('rejected', cancelled.id)
    const asked = [
      review(reader.id, good.productId),
      review(reader.id, other.productId),
      review(second.id, good.productId),
      review(second.id, other.productId),
      review(stranger.id, good.productId),
      review(null, good.productId),
      review(reader.id, null),
      review('usr_1', good.productId),
      review(reader.id, 'prd_1'),
    ]
    expect(await verdicts(asked)).toEqual([true, false, false, true, false, null, null, null, null])
  })

  test('costs one statement for any number of reviews', async () => {
    const reviews = (count: number) => Array.from({ length: count }, () => review(newId('usr'), newId('prd')))
    expect(await shop.sqlCount(() => verdicts(reviews(1)))).toBe(1)
    expect(await shop.sqlCount(() => verdicts(reviews(250)))).toBe(1)
  })
})

describe('statements', () => {
  const representations = (count: number) =>
    orders.slice(0, count).map(({ id }) => ({ __typename: 'Order', id }))

  test('any number of orders with lines and history costs the same', async () => {
    const few = await shop.sqlCount(() => entities(representations(1), buyer.viewer))
    const many = await shop.sqlCount(() => entities(representations(6), buyer.viewer))
    expect([few, many]).toEqual([3, 3])
  })

  test('any number of customers with pages of orders costs the same', async () => {
    const users = (count: number) =>
      Array.from({ length: count }, (_, at) => ({
        __typename: 'User',
        id: at === 0 ? buyer.id : newId('usr'),
      }))
    const few = await shop.sqlCount(() => entities(users(1), clerk))
    const many = await shop.sqlCount(() => entities(users(40), clerk))
    expect(many).toBe(few)
  })

  test('a list of all orders costs the same for any length', async () => {
    const list = (first: number) =>
      shop.execute(`{ orders(first: ${first}) { edges { node { ${ORDER_FIELDS} } } } }`, {}, clerk)
    expect([await shop.sqlCount(() => list(1)), await shop.sqlCount(() => list(50))]).toEqual([3, 3])
  })

  test('a checkout: adding, viewing the cart, placing the order', async () => {
    const shopper = await shop.addBuyer()
    const add = () =>
      shop.execute(
        ADD,
        { input: { idempotencyKey: newId('evt'), variantId: sock.variantId, quantity: 1 } },
        shopper.viewer,
      )
    await add()
    const cart = await shop.cart(shopper.viewer)
    const place = {
      idempotencyKey: newId('evt'),
      cartId: cart?.id,
      expectedCartVersion: cart?.version,
      expectedTotal: cart?.total,
      shippingAddressId: shopper.addressId,
      shippingOptionId: await shop.option(cart, shopper.addressId),
      paymentMethodId: newId('pmt'),
    }
    const counts = {
      view: await shop.sqlCount(() => shop.execute(CART, {}, shopper.viewer)),
      place: await shop.sqlCount(() => shop.execute(PLACE, { input: place }, shopper.viewer)),
      add: await shop.sqlCount(add),
    }
    expect(counts).toEqual({ view: 2, place: 10, add: 8 })
  })
})
