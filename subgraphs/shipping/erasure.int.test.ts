import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept, expectOthersKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newIdempotencyKey } from './testing/open-shipping.ts'
import { openShippingWithCarrier, type ShippingWithCarrier } from './testing/open-shipping-with-carrier.ts'

let post: ShippingWithCarrier
beforeAll(async () => {
  post = await openShippingWithCarrier()
})
afterAll(() => post.close())
expectEarlierRowsKept(() => post, ['deleted_user (', 'shipment ('])

const file = new URL('../users/event-samples/users.account.deleted.json', import.meta.url)
const sample = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))

/** The age of a deletion whose erasure is repeated only while some data has to stay. */
const OLD = 61

const forget = (userId: string, daysAgo = 0) => {
  const deletedAt = new Date(post.resources.clock().getTime() - daysAgo * 86_400_000).toISOString()
  return post.deliver(sample.type, { userId, deletedAt }, { subject: userId, sequence: 9 })
}
async function erase() {
  post.pass(3_600)
  // The erasure after an old deletion is repeated after days.
  await post.sql('UPDATE deleted_user SET due_at = $1 WHERE due_at IS NOT NULL', post.resources.clock())
  await post.runTimer('erase-deleted-users')
}
const heldOf = (orderId: string) =>
  post.resources.prisma.fulfilment.findUniqueOrThrow({
    where: { orderId },
    select: { address: true, email: true, guestProofHash: true, orderNumber: true },
  })

async function arrive(orderId: string) {
  await post.courier.go()
  const [shipment] = await post.shipmentsOf(orderId)
  await post.move(shipment?.labelId ?? null, 9)
}

test('a parcel that has arrived loses its address at once, one under way when it has arrived', async () => {
  const customerId = newId('usr')
  const [first, second] = [
    await post.anOrder(1, 'Ada', { customerId, guestProofHash: 'a hash' }),
    await post.anOrder(1, 'Ada', { customerId, email: null }),
  ]
  await arrive(first.orderId)
  for (let time = 0; time < 2; time++) await forget(customerId, OLD)
  expect(await heldOf(first.orderId)).toMatchObject({
    address: null,
    email: null,
    guestProofHash: null,
    orderNumber: first.orderNumber,
  })
  await erase()
  expect(await heldOf(second.orderId)).toMatchObject({ address: { recipient: 'Ada' } })
  await arrive(second.orderId)
  await erase()
  expect(await heldOf(second.orderId)).toMatchObject({ address: null })
})

test('an order that was cancelled before its create loses the hash that its create has brought', async () => {
  const [customerId, orderId] = [newId('usr'), newId('ord')]
  await post.deliver('shipping.cancel', { orderId })
  await post.anOrder(1, 'Ada', { orderId, customerId, guestProofHash: 'a hash' })
  expect(await heldOf(orderId)).toMatchObject({ guestProofHash: 'a hash', address: null })
  await forget(customerId)
  expect(await heldOf(orderId)).toMatchObject({ guestProofHash: null })
})

test('the texts of the carrier go with the address; those of another customer and their address stay', async () => {
  const customerId = newId('usr')
  const [own, other] = [await post.anOrder(1, 'Ada', { customerId }), await post.anOrder(1, 'Ada')]
  const textsOf = async (orderId: string) => {
    const events = await post.sql<{ location: string | null; description: string }>(
      'SELECT location, description FROM tracking_event WHERE shipment_id IN (SELECT id FROM shipment WHERE order_id = $1)',
      orderId,
    )
    return new Set(events.flatMap(({ location, description }) => [location, description]))
  }
  for (const { orderId } of [own, other]) await arrive(orderId)
  expect(await textsOf(own.orderId)).toContain('Paris')
  const open = await post.anOrder(1, 'Ada', { customerId })
  await post.courier.go()
  const [shipment] = await post.shipmentsOf(open.orderId)
  await post.move(shipment?.labelId ?? null, 3)
  const underWay = await textsOf(open.orderId)
  expect([...underWay].filter(Boolean)).not.toEqual([])
  await forget(customerId)
  expect(await textsOf(open.orderId)).toEqual(underWay)
  expect(await textsOf(own.orderId)).toEqual(new Set([null, '']))
  expect(await textsOf(other.orderId)).toContain('Paris')
  expect(await heldOf(other.orderId)).toMatchObject({ address: { recipient: 'Ada' } })
})

test('the command of an order under way that comes after the deletion is carried out, and erased then', async () => {
  const customerId = newId('usr')
  await forget(customerId)
  const { orderId } = await post.anOrder(1, 'Ada', { customerId })
  await erase()
  expect(await heldOf(orderId)).toMatchObject({ address: { recipient: 'Ada' } })
  await arrive(orderId)
  await erase()
  await erase()
  expect(await heldOf(orderId)).toMatchObject({ address: null })
})

test.each(['rejectReturn', 'cancelReturn', 'refunded'])(
  'the reason of a return stays until %s',
  async (end) => {
    const customerId = newId('usr')
    const order = await post.anOrder(1, 'Ada', { customerId })
    await arrive(order.orderId)
    const [line] = order.parcels[0]?.lines ?? []
    const lines = [{ orderLineId: line?.orderLineId, quantity: 1 }]
    const input = { ...newIdempotencyKey(), orderId: order.orderId, lines, reason: 'They itch me, Ada.' }
    const { id } = (await post.accepted('requestReturn', input, customer(customerId))).return
    await forget(customerId, OLD)
    const reason = async () =>
      (await post.resources.prisma.returnRequest.findUniqueOrThrow({ where: { id } })).reason
    await erase()
    expect(await reason()).toBe('They itch me, Ada.')
    if (end === 'rejectReturn')
      await post.accepted('rejectReturn', { id, expectedVersion: 1, rejection: 'They were worn.' })
    if (end === 'cancelReturn') await post.accepted('cancelReturn', { id, expectedVersion: 1 })
    if (end === 'refunded') {
      await post.accepted('approveReturn', { id, expectedVersion: 1 })
      const came = [{ ...lines[0], restock: true }]
      await post.accepted('receiveReturn', { id, expectedVersion: 2, lines: came })
      await erase()
      expect(await reason()).toBe('They itch me, Ada.')
      await post.deliver('orders.return.refunded', { orderId: order.orderId, returnId: id, reversals: 0 })
    }
    await erase()
    expect(await reason()).toBeNull()
  },
)

test('another customer keeps addresses, texts of the carrier and reasons of returns', async () => {
  const aPerson = async () => {
    const customerId = newId('usr')
    const order = await post.anOrder(1, 'Ada', { customerId, guestProofHash: 'a hash' })
    await arrive(order.orderId)
    const [line] = order.parcels[0]?.lines ?? []
    const lines = [{ orderLineId: line?.orderLineId, quantity: 1 }]
    const input = { ...newIdempotencyKey(), orderId: order.orderId, lines, reason: 'They itch.' }
    const { id } = (await post.accepted('requestReturn', input, customer(customerId))).return
    await post.accepted('rejectReturn', { id, expectedVersion: 1, rejection: 'They were worn.' })
    return customerId
  }
  await expectOthersKept(post, aPerson, forget)
})
