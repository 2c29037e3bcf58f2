import { requireUser } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { orders } from './subgraph.ts'
import { openOrders, type Shop, type TestBuyer } from './testing/open-orders.ts'
import { CANCEL, ORDER } from './testing/operations.ts'

let now = new Date('2026-11-21T09:00:00Z')
let shop: Shop

beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['orders ('])

async function read(orderId: string, { viewer }: TestBuyer) {
  return (await shop.execute(ORDER, { id: orderId }, viewer)).data.order
}

async function cancel(buyer: TestBuyer, orderId: string, more: object = {}) {
  const input = { idempotencyKey: newId('evt'), orderId, expectedVersion: 1, ...more }
  return (await shop.execute(CANCEL, { input }, buyer.viewer)).data.cancelOrder
}

describe('cancelling', () => {
  test('before the pivot releases the stock, then the order is cancelled', async () => {
    const buyer = await shop.addBuyer()
    const { id } = await shop.order(buyer)
    expect((await cancel(buyer, id)).order).toMatchObject({
      status: 'CANCELLING',
      version: 2,
      cancelReason: 'CUSTOMER_REQUEST',
    })
    await shop.answer('reserved', id)
    await shop.answer('released', id)
    expect(await read(id, buyer)).toMatchObject({
      status: 'CANCELLED',
      version: 3,
      history: [
        { to: 'PENDING' },
        { to: 'CANCELLING', actor: 'customer' },
        { to: 'CANCELLED', actor: 'shop' },
      ],
    })
    const sent = ['orders.order.placed', 'inventory.reserve', 'inventory.release', 'orders.order.cancelled']
    expect(await shop.said(id)).toEqual(sent)
  })

  test('while it is being paid and taken from stock is refused with the status', async () => {
    const buyer = await shop.addBuyer()
    const { id } = await shop.order(buyer)
    await shop.answer('reserved', id)
    const refusal = { __typename: 'NotCancellableError', status: 'AWAITING_PAYMENT' }
    expect((await cancel(buyer, id)).userErrors).toMatchObject([refusal])
    await shop.answer('committed', id, { unpaid: true })
    expect((await cancel(buyer, id)).userErrors).toMatchObject([refusal])
  })

  test('with a version that is not the current one is a conflict', async () => {
    const buyer = await shop.addBuyer()
    const { id } = await shop.order(buyer)
    const { userErrors } = await cancel(buyer, id, { expectedVersion: 2 })
    expect(userErrors).toMatchObject([{ __typename: 'VersionConflictError', currentVersion: 1 }])
  })

  test('with the same key again, also at once, gives the same answer and one release', async () => {
    const buyer = await shop.addBuyer()
    const { id } = await shop.order(buyer)
    const answers = await shop.manyAtOnce(4, () => cancel(buyer, id, { idempotencyKey: 'stop' }))
    expect(answers.map(({ order }) => order?.status)).toEqual(Array(4).fill('CANCELLING'))
    expect((await shop.said(id)).filter((type) => type === 'inventory.release')).toHaveLength(1)
  })

  test('by a member of staff is staff’s in the history, and the customer’s if the order is their own', async () => {
    const [own, other] = [await shop.addBuyer(), await shop.addBuyer()]
    const viewer = { ...requireUser(staff('orders:read', 'orders:write')), id: own.id }
    for (const [buyer, actor] of [
      [own, 'customer'],
      [other, 'staff'],
    ] as const) {
      const { id } = await shop.order(buyer)
      expect((await cancel({ ...buyer, viewer }, id)).userErrors).toEqual([])
      expect((await read(id, buyer)).history.at(-1)).toMatchObject({ to: 'CANCELLING', actor })
      const audited = await shop.prisma.auditEntry.count({ where: { subjectId: id } })
      expect(audited).toBe(actor === 'staff' ? 1 : 0)
    }
  })

  test("another customer's order is answered like one that does not exist", async () => {
    const [buyer, thief] = [await shop.addBuyer(), await shop.addBuyer()]
    const { id } = await shop.order(buyer)
    const missing = newId('ord')
    // Staff who may only read orders cancel none.
    for (const viewer of [thief.viewer, staff('orders:read')]) {
      const [stolen] = (await cancel({ ...thief, viewer }, id)).userErrors
      const [unknown] = (await cancel({ ...thief, viewer }, missing)).userErrors
      expect({ ...stolen, message: stolen.message.replace(id, missing) }).toEqual(unknown)
    }
    expect((await read(id, buyer)).status).toBe('PENDING')
  })
})

describe('the saga in the database', () => {
  test('a message that comes twice changes nothing the second time', async () => {
    const buyer = await shop.addBuyer()
    const { id } = await shop.order(buyer)
    const about = { subject: id, id: newId('evt') }
    const data = { orderId: id, reservationId: newId('res') }
    await shop.deliver('inventory.stock.reserved', data, about)
    const row = await shop.prisma.order.findUnique({ where: { id } })
    const before = now
    now = new Date(before.getTime() + 1_000)
    await shop.deliver('inventory.stock.reserved', data, about)
    await shop.deliver('inventory.stock.reserved', data, { subject: id })
    now = before
    expect((await shop.said(id)).filter((type) => type === 'payments.authorize')).toHaveLength(1)
    // Its commands are repeated no later either.
    expect(await shop.prisma.order.findUnique({ where: { id } })).toEqual(row)
  })

  test('a second step of the payment that is asked for twice is one step of the history', async () => {
    const buyer = await shop.addBuyer()
    await shop.fill(buyer.viewer, await shop.addSock())
    const { order } = await shop.place(buyer)
    await shop.answer('reserved', order.id, { unpaid: true })
    const asked = { orderId: order.id, expiresAt: '2026-11-21T09:10:00.000Z' }
    for (let times = 0; times < 2; times++)
      await shop.deliver('payments.payment.action_required', asked, { subject: order.id })
    const steps = await shop.prisma.orderStep.findMany({ where: { orderId: order.id } })
    const texts = steps.map(({ text }) => text)
    expect(texts).toEqual([...new Set(texts)])
    expect(texts).toHaveLength(3)
  })

  test('answers that come at once leave a legal history', async () => {
    const buyer = await shop.addBuyer()
    const { id } = await shop.order(buyer)
    await shop.atOnce<unknown>([
      () => shop.answer('reserved', id, { unpaid: true }),
      () => cancel(buyer, id),
      () => shop.answer('reserved', id, { unpaid: true }),
    ])
    const { status, history } = await read(id, buyer)
    expect(['AWAITING_PAYMENT', 'CANCELLING']).toContain(status)
    expect(history[0]).toMatchObject({ to: 'PENDING' })
    expect(history.at(-1)).toMatchObject({ to: status })
  })

  test('what has no answer within 30 s is sent again, by any number of replicas once', async () => {
    const buyer = await shop.addBuyer()
    const { id } = await shop.order(buyer)
    const placedAt = now
    try {
      now = new Date(placedAt.getTime() + 29_999)
      await shop.runTimer('resume-sagas')
      expect(await shop.said(id)).toEqual(['orders.order.placed', 'inventory.reserve'])
      now = new Date(placedAt.getTime() + 30_000)
      await shop.manyAtOnce(3, () => shop.runTimer('resume-sagas'))
      expect(await shop.said(id)).toEqual(['orders.order.placed', 'inventory.reserve', 'inventory.reserve'])
      const [first, second] = (await shop.outbox()).filter(
        (row) => row.subject === id && row.type === 'inventory.reserve',
      )
      expect(second?.data).toEqual(first?.data)
      // The pause doubles: the next one ends 60 s later.
      for (const [seconds, times] of [
        [89.999, 2],
        [90, 3],
      ] as const) {
        now = new Date(placedAt.getTime() + seconds * 1_000)
        await shop.runTimer('resume-sagas')
        expect((await shop.said(id)).filter((type) => type === 'inventory.reserve')).toHaveLength(times)
      }
    } finally {
      now = placedAt
    }
  })

  test('however many are overdue, all are sent again, but for one that another replica is at', async () => {
    const buyer = await shop.addBuyer()
    const ids: string[] = []
    // A batch and one more, without the locked one.
    for (let index = 0; index < 22; index++) ids.push((await shop.order(buyer)).id)
    const placedAt = now
    try {
      now = new Date(placedAt.getTime() + 30_000)
      await shop.whileLocked('SELECT 1 FROM orders WHERE id = $1 FOR UPDATE', [ids[0]], () =>
        shop.runTimer('resume-sagas'),
      )
      const reservesOf = async (id: string) =>
        (await shop.said(id)).filter((type) => type === 'inventory.reserve').length
      const [held, ...others] = await Promise.all(ids.map(reservesOf))
      expect([held, new Set(others)]).toEqual([1, new Set([2])])
    } finally {
      now = placedAt
    }
  })

  test('nothing is sent again once the subgraph stops', async () => {
    const { id } = await shop.order(await shop.addBuyer())
    const placedAt = now
    try {
      now = new Date(placedAt.getTime() + 30_000)
      const timer = orders.timers?.find(({ name }) => name === 'resume-sagas')
      await timer?.run(shop.own, AbortSignal.abort())
      expect(await shop.said(id)).toEqual(['orders.order.placed', 'inventory.reserve'])
    } finally {
      now = placedAt
    }
  })

  test('an answer about an order that is not ours is passed over', async () => {
    await shop.answer('reserved', newId('ord'))
    const letters = await shop.prisma.deadLetter.count()
    expect(letters).toBe(0)
  })
})

test('an order that cannot be resumed holds no other up', async () => {
  const buyer = await shop.addBuyer()
  const orders = [await shop.order(buyer), await shop.order(buyer), await shop.order(buyer)]
  const [bad = '', ...good] = orders.map(({ id }) => id)
  const { prisma } = shop
  await prisma.$executeRawUnsafe(
    "UPDATE orders SET due_at = '2026-11-21T00:00:00Z' WHERE id = ANY($1::text[])",
    [bad, ...good],
  )
  await prisma.$executeRawUnsafe(
    `ALTER TABLE outbox_message ADD CONSTRAINT broken CHECK (subject <> '${bad}') NOT VALID`,
  )
  await expect(shop.runTimer('resume-sagas')).rejects.toThrow(bad)
  const attempts = async (id: string) => (await prisma.order.findUniqueOrThrow({ where: { id } })).attempts
  expect(await Promise.all([bad, ...good].map(attempts))).toEqual([1, 2, 2])
  await prisma.$executeRawUnsafe('ALTER TABLE outbox_message DROP CONSTRAINT broken')
  await shop.runTimer('resume-sagas')
  expect(await attempts(bad)).toBe(2)
})

test('an order that is due and has nothing to repeat loses its time, and holds no other up', async () => {
  const buyer = await shop.addBuyer()
  const { id } = await shop.order(buyer)
  await cancel(buyer, id)
  await shop.answer('reserved', id)
  await shop.answer('released', id)
  const due = async () => (await shop.prisma.order.findUniqueOrThrow({ where: { id } })).dueAt
  // The row that an earlier version leaves of an order whose refund fails again and again.
  const yesterday = new Date(now.getTime() - 86_400_000)
  await shop.prisma.order.update({ where: { id }, data: { dueAt: yesterday } })
  expect(await due()).not.toBeNull()
  await shop.runTimer('resume-sagas')
  expect(await due()).toBeNull()
})

test('an order that costs nothing arrives with its last parcel, and an unknown weight is sent as 0', async () => {
  const [buyer, sock] = [await shop.addBuyer(), await shop.addSock()]
  await shop.coupon({ code: 'GIFT', percentBasisPoints: 10_000 })
  const { variantId } = sock
  await shop.prisma.knownVariant.update({ where: { variantId }, data: { weightGrams: null } })
  await shop.fill(buyer.viewer, sock, 2)
  await shop.apply(buyer, 'GIFT')
  const { order } = await shop.place(buyer, { paymentMethodId: null })
  const { id } = order
  await shop.answer('reserved', id, { unpaid: true })
  await shop.answer('committed', id, { unpaid: true })
  const create = (await shop.outbox()).find(
    ({ subject, type }) => subject === id && type === 'shipping.create',
  )
  expect(create?.data).toMatchObject({ parcels: [{ lines: [{ quantity: 2, weightGrams: 0 }] }] })
  const statuses: string[] = []
  for (const [what, index] of [
    ['created', 1],
    ['created', 2],
    ['dispatched', 1],
    ['delivered', 1],
    ['dispatched', 2],
    ['delivered', 2],
  ]) {
    const parcel = { orderId: id, shipmentId: `shp_${index}`, parcelCount: 2, lines: [] }
    await shop.deliver(`shipping.shipment.${what}`, parcel, { subject: id })
    statuses.push((await read(id, buyer)).status)
  }
  expect(statuses).toEqual(['FULFILLING', 'FULFILLING', 'SHIPPED', 'SHIPPED', 'SHIPPED', 'DELIVERED'])
})
