import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept, expectOthersKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clerk, openOrders, type Shop } from './testing/open-orders.ts'
import { GUEST_ORDER, ORDER, PLACE_AS_GUEST } from './testing/operations.ts'
import { FULL_ADDRESS } from './testing/taxed-order.ts'

let shop: Shop
let now = new Date('2026-11-21T09:00:00Z')
beforeAll(async () => {
  shop = await openOrders({ clock: () => now })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['deleted_user ('])

const HOUR_MS = 3_600_000
const file = new URL('../users/event-samples/users.account.deleted.json', import.meta.url)
const sample = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))

/** Delivers the publisher's sample for this user. */
const forget = (userId: string) =>
  shop.deliver(
    sample.type,
    { ...Object(sample.data), userId, deletedAt: now.toISOString() },
    { subject: userId, sequence: 9 },
  )

const ERASED = {
  recipient: 'Erased',
  line1: 'Erased',
  line2: null,
  city: 'Erased',
  region: null,
  postalCode: '',
  countryCode: 'NO',
}
const shown = async (id: string) => (await shop.execute(ORDER, { id }, clerk)).data.order
/** Number of rows of a table that hold a text. */
async function holding(table: string, text: string): Promise<number> {
  const rows = await shop.prisma.$queryRawUnsafe<unknown[]>(
    `SELECT 1 FROM ${table} t WHERE t::text LIKE '%' || $1 || '%'`,
    text,
  )
  return rows.length
}

test('an order that is done keeps its amounts and loses its person, however often the deletion comes', async () => {
  const ada = await shop.addBuyer()
  const { addressId } = ada
  const data = { addressId, userId: ada.id, ...FULL_ADDRESS }
  await shop.deliver('users.address.saved', data, { subject: addressId, sequence: 2 })
  const order = await shop.order(ada)
  await shop.answer('rejected', order.id, { shortages: [] })
  const before = await shown(order.id)
  await shop.fill(ada.viewer, await shop.addSock())
  for (let time = 0; time < 2; time++) await forget(ada.id)
  const after = await shown(order.id)
  // The recorded tax depends on the region.
  expect(after).toEqual({ ...before, shippingAddress: { ...ERASED, region: FULL_ADDRESS.region } })
  expect(await holding('orders', addressId)).toBe(0)
  expect(await holding('customer_address', ada.id)).toBe(1)
  expect(await shop.prisma.customerAddress.findUnique({ where: { addressId } })).toMatchObject({
    ...{ recipient: null, line1: null, line2: null, city: null, region: null },
    ...{ postalCode: null, countryCode: null, removed: true },
  })
  expect(await shop.cart(ada.viewer)).toBeNull()
})

test('another account keeps its cart, its addresses and its orders', async () => {
  const aPerson = async () => {
    const person = await shop.addBuyer()
    const order = await shop.order(person)
    await shop.answer('rejected', order.id, { shortages: [] })
    await shop.order(person)
    await shop.fill(person.viewer, await shop.addSock())
    return person
  }
  await expectOthersKept(shop, aPerson, ({ id }) => forget(id))
})

test('an order under way keeps its address until it is done', async () => {
  const ada = await shop.addBuyer()
  const order = await shop.order(ada)
  await forget(ada.id)
  const due = () => shop.runTimer('erase-deleted-users')
  now = new Date(now.getTime() + HOUR_MS)
  await due()
  const carts = await shop.prisma.cart.findMany({ where: { customerId: ada.id }, select: { state: true } })
  expect(carts, 'the cart of the order').toEqual([{ state: 'ORDERED' }])
  expect((await shown(order.id)).shippingAddress).toMatchObject({
    recipient: 'Ada Lund',
    line1: '1 Mill Lane',
  })
  // An account of which something is left is not forgotten, however long ago it was deleted.
  now = new Date(now.getTime() + 61 * 24 * HOUR_MS)
  await due()
  await shop.answer('rejected', order.id, { shortages: [] })
  now = new Date(now.getTime() + 9 * 24 * HOUR_MS)
  await due()
  expect((await shown(order.id)).shippingAddress).toEqual(ERASED)
})

test('an address that arrives late is not stored, nor are orders with it', async () => {
  const ada = await shop.addBuyer()
  await forget(ada.id)
  const address = {
    recipient: 'Ada Lund',
    line1: '1 Mill Lane',
    city: 'Bergen',
    postalCode: '5003',
    countryCode: 'NO',
  }
  const addressId = newId('adr')
  await shop.deliver('users.address.saved', { addressId, userId: ada.id, ...address }, { subject: addressId })
  expect(await shop.prisma.customerAddress.findUnique({ where: { addressId } })).toBeNull()
  const applied = (await shop.outbox()).filter(({ subject }) => subject === addressId)
  expect(applied).toMatchObject([{ type: 'orders.address.applied', data: { copyOf: addressId, version: 1 } }])
  await shop.fill(ada.viewer, await shop.addSock())
  expect((await shop.place(ada)).userErrors).toMatchObject([{ path: ['shippingAddressId'] }])
})

/** Places an order of a guest. */
async function ofGuest(email: string): Promise<{ id: string; which: { number: string; secret: string } }> {
  const cart = await shop.fill(anonymous, await shop.addSock())
  const input = {
    idempotencyKey: newId('evt'),
    cartId: cart.id,
    expectedCartVersion: cart.version,
    expectedTotal: cart.total,
    email,
    address: {
      recipient: 'Gus Guest',
      line1: '7 Weaver Street',
      city: 'Leipzig',
      postalCode: '04109',
      countryCode: 'DE',
    },
    shippingOptionId: await shop.option(cart, '', { countryCode: 'DE', postalCode: '04109' }),
    paymentMethodId: newId('pmt'),
  }
  const { data } = await shop.execute(PLACE_AS_GUEST, { input })
  const { order, secret } = data.placeGuestOrder
  return { id: order.id, which: { number: order.number, secret } }
}

test('an order that the account placed as a guest loses its e-mail and its secret; a proof that comes late claims nothing', async () => {
  const userId = newId('usr')
  const email = `${newId('evt')}@argyle.example`
  const { id: claimed, which } = await ofGuest(email)
  const seenByGuest = async () => (await shop.execute(GUEST_ORDER, which)).data.guestOrder
  const verified = (id: string) =>
    shop.deliver('users.email.verified', { userId: id, email }, { subject: id })
  await verified(userId)
  await shop.answer('rejected', claimed, { shortages: [] })
  expect(await seenByGuest()).toMatchObject({ id: claimed })
  await forget(userId)
  expect(await seenByGuest()).toBeNull()
  expect(await holding('orders', email)).toBe(0)
  const { id: later } = await ofGuest(email)
  await verified(userId)
  expect((await shown(later)).customer).toBeNull()
})
