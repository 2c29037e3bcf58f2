import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { placed, type Stage } from '../saga/saga.ts'
import { NO_SALE } from '../saga/sale.ts'
import { saveProgress } from '../saga/save-progress.ts'
import { clerk, openOrders, type Shop } from '../testing/open-orders.ts'
import { ENTITIES, ORDER } from '../testing/operations.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openOrders()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const reservationId = 'res_1'
const payUntil = new Date('2027-01-01T00:00:00Z')
const cancelReason = 'FRAUD'
const [sale, allocations] = [NO_SALE, [] as const]
/**
 * Each stage: whether its products count as bought, the status after the address was removed before the order was placed, and the street after
 * it was changed before that. A status in place of a street: the order is called back.
 */
const STAGES: [Stage, isBought: boolean, afterRemoval: string, afterChange: string][] = [
  [placed.stage, false, 'CANCELLING', 'new'],
  [
    { status: 'AWAITING_PAYMENT', step: 'CHOOSING_PAYMENT', reservationId, payUntil },
    false,
    'CANCELLING',
    'new',
  ],
  [{ status: 'AWAITING_PAYMENT', step: 'AUTHORIZING', reservationId, payUntil }, false, 'CANCELLING', 'new'],
  [{ status: 'PENDING', step: 'COMMITTING_STOCK', reservationId }, false, 'PENDING', 'new'],
  [{ status: 'AWAITING_PAYMENT', step: 'COMMITTING_STOCK', reservationId }, false, 'AWAITING_PAYMENT', 'new'],
  [{ status: 'AWAITING_PAYMENT', step: 'CAPTURING', allocations }, false, 'AWAITING_PAYMENT', 'new'],
  [{ status: 'CONFIRMED', step: 'ARRANGING', allocations, sale }, true, 'CANCELLING', 'CANCELLING'],
  [{ status: 'FULFILLING', step: 'DELIVERING', sale }, true, 'CANCELLING', 'CANCELLING'],
  [{ status: 'SHIPPED', step: 'DELIVERING', sale }, true, 'SHIPPED', 'old'],
  [{ status: 'DELIVERED', step: 'DONE', sale }, true, 'DELIVERED', 'old'],
  [{ status: 'REFUNDED', step: 'DONE', sale }, true, 'REFUNDED', 'old'],
  [{ status: 'CANCELLING', step: 'RECALLING', cancelReason, sale }, false, 'CANCELLING', 'old'],
  [{ status: 'CANCELLED', step: 'DONE', cancelReason, sale }, false, 'CANCELLED', 'old'],
]
const LINE_1 = { old: '1 Mill Lane', new: '2 New Street' }

async function anOrderAt(stage: Stage) {
  const [buyer, sock] = [await shop.addBuyer(), await shop.addSock()]
  const { id } = await shop.order(buyer, sock)
  const progress = { before: placed, after: { stage, version: 2, attempts: 1 }, moves: [], steps: [] }
  await shop.prisma.$transaction((tx) =>
    saveProgress(tx, id, { ...progress, actor: 'shop', now: new Date() }),
  )
  const read = async () => (await shop.execute(ORDER, { id }, buyer.viewer)).data.order
  return { buyer, sock, read }
}

/** Delivers a message about an address with a time before the order was placed. */
function deliver(type: string, addressId: string, data: object) {
  const time = new Date(Date.now() - 60_000).toISOString()
  return shop.deliver(type, { addressId, ...data }, { subject: addressId, sequence: 2, time })
}

test.each(STAGES.map((row) => [`${row[0].status} ${row[0].step}`, ...row] as const))(
  '%s: whether its products are bought, and what becomes of it when its address is removed or changed',
  async (_, stage, isBought, afterRemoval, afterChange) => {
    const one = await anOrderAt(stage)
    const review = {
      ...{ __typename: 'Review', id: newId('rev') },
      author: { __typename: 'User', id: one.buyer.id },
      product: { __typename: 'Product', id: one.sock.productId },
    }
    const { data } = await shop.execute(ENTITIES, { representations: [review] })
    expect(data._entities[0].verifiedPurchase).toBe(isBought)
    await deliver('users.address.removed', one.buyer.addressId, { userId: one.buyer.id })
    expect((await one.read()).status).toBe(afterRemoval)

    const other = await anOrderAt(stage)
    const place = {
      recipient: 'Ada Lund',
      line1: LINE_1.new,
      city: 'Bergen',
      postalCode: '5003',
      countryCode: 'NO',
    }
    await deliver('users.address.saved', other.buyer.addressId, { userId: other.buyer.id, ...place })
    const { status, shippingAddress } = await other.read()
    const street = afterChange === 'new' || afterChange === 'old' ? LINE_1[afterChange] : LINE_1.old
    expect([status, shippingAddress.line1]).toEqual([
      street === LINE_1.old && afterChange !== 'old' ? afterChange : stage.status,
      street,
    ])
  },
)

test('the history of an order shows its newest 200 steps, however many another order has', async () => {
  const [one, other] = [await anOrderAt(placed.stage), await anOrderAt(placed.stage)]
  const ids: string[] = await Promise.all([one, other].map(async ({ read }) => (await read()).id))
  for (const [id, count] of [
    [ids[0], 202],
    [ids[1], 199],
  ] as const)
    await shop.prisma.$executeRaw`
      INSERT INTO order_step (order_id, version, at, actor, text)
      SELECT ${id}, 1, now(), 'shop', n FROM generate_series(1, ${count}::int) AS n`
  const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on Order { history { steps { text } } } } }`
  const all = ids.map((id) => ({ __typename: 'Order', id }))
  const { data } = await shop.execute(query, { all }, clerk)
  type Shown = { history: { steps: { text: string }[] }[] }
  const texts = data._entities.map(({ history }: Shown) =>
    history.flatMap(({ steps }) => steps.map(({ text }) => text)),
  )
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => String(from + index))
  const first = 'The order is placed. Its stock is being reserved.'
  expect(texts).toEqual([numbers(3, 202), [first, ...numbers(1, 199)]])
})

test('a step that is recorded again is kept once for each order, version and text', async () => {
  const [one, other] = [await anOrderAt(placed.stage), await anOrderAt(placed.stage)]
  const [first, second]: [string, string] = [(await one.read()).id, (await other.read()).id]
  const records = [
    [first, 2, 'sent'],
    [first, 3, 'sent'],
    [first, 3, 'lost'],
    [second, 3, 'sent'],
  ] as const
  for (const [id, version, text] of [...records, ...records]) {
    const after = { ...placed, version }
    const progress = { before: after, after, moves: [], steps: [{ version, text }] }
    await shop.prisma.$transaction((tx) =>
      saveProgress(tx, id, { ...progress, actor: 'shop', now: new Date() }),
    )
  }
  const kept = await shop.prisma.orderStep.findMany({
    where: { orderId: { in: [first, second] }, text: { in: ['sent', 'lost'] } },
    orderBy: { id: 'asc' },
  })
  expect(kept.map(({ orderId, version, text }) => [orderId, version, text])).toEqual(records)
})
