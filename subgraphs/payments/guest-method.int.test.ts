import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { recordedLog } from '@argyle/kit/testing/recorded-log'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { PaymentStatus } from './generated/prisma/enums.ts'
import { REMOVAL_BATCH } from './method/guest-methods.ts'
import { DETACH_BATCH, DETACH_PAUSE_MS } from './method/method-store.ts'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
let now = new Date('2026-11-21T09:00:00Z')
let shop: OpenPayments
const { log, lines } = recordedLog()
beforeAll(async () => {
  shop = await openPayments({ clock: () => now, log })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['payment_method ('])

const file = new URL('../users/event-samples/users.account.deleted.json', import.meta.url)
const deletion = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
const method = (id: string) => shop.resources.prisma.paymentMethod.findUniqueOrThrow({ where: { id } })
const command = (paymentMethodId: string, customerId: string | null = null) => ({
  orderId: newId('ord'),
  orderNumber: 'A-1',
  customerId,
  paymentMethodId,
  amount: { amountMinor: '4200', currencyCode: 'USD' },
})
const authorizations = async (orderId: string) =>
  (await shop.sandbox.ledger()).filter(({ reference, kind }) => reference === orderId && kind === 'AUTHORIZE')

/** An order of a guest that is paid with a method of its own. */
async function anOrder() {
  const methodId = await shop.aMethod(anonymous)
  const order = command(methodId)
  await shop.command('authorize', order)
  return { methodId, orderId: order.orderId }
}

async function deleteAccount(userId: string): Promise<void> {
  const data = { ...Object(deletion.data), userId, deletedAt: now.toISOString() }
  await shop.deliver(deletion.type, data, { subject: userId, sequence: 9 })
}

test('a guest’s method pays for one order: another, of whomever, is refused as with an unknown method', async () => {
  const { methodId } = await anOrder()
  for (const customerId of [null, newId('usr')]) {
    const other = command(methodId, customerId)
    await shop.command('authorize', other)
    expect(await shop.publishedAbout(other.orderId)).toMatchObject([
      { type: 'payment.declined', data: { code: 'payment_method_unknown' } },
    ])
    expect(await authorizations(other.orderId)).toEqual([])
  }
})

test('a method of another gateway pays for nothing', async () => {
  const ada = newId('usr')
  for (const customerId of [null, ada]) {
    const methodId = await shop.aMethod(customerId === null ? anonymous : customer(customerId))
    await shop.resources.prisma.paymentMethod.update({ where: { id: methodId }, data: { gateway: 'stripe' } })
    const order = command(methodId, customerId)
    await shop.command('authorize', order)
    expect(await shop.publishedAbout(order.orderId)).toMatchObject([
      { type: 'payment.declined', data: { code: 'payment_method_unknown' } },
    ])
    expect(await authorizations(order.orderId)).toEqual([])
  }
})

test('of orders that name a guest’s method at once, one is paid', async () => {
  const methodId = await shop.aMethod(anonymous)
  const orders = Array.from({ length: 4 }, () => command(methodId))
  await shop.atOnce(
    orders.map((order) => () => shop.deliver('payments.authorize', order, { subject: order.orderId })),
  )
  await shop.resources.work.idle()
  const statuses = await Promise.all(orders.map(async ({ orderId }) => (await shop.row(orderId)).status))
  expect(statuses.toSorted()).toEqual(['AUTHORIZED', 'DECLINED', 'DECLINED', 'DECLINED'])
})

test('a guest’s method that is removed while an order is about to be paid with it pays for nothing', async () => {
  const methodId = await shop.aMethod(anonymous)
  const order = command(methodId)
  const remove = 'UPDATE payment_method SET removed_at = $2 WHERE id = $1 RETURNING id'
  const [paid] = await shop.whileLocked(remove, [methodId, now], async () => {
    const payment = shop.deliver('payments.authorize', order, { subject: order.orderId })
    await shop.untilWaiting(1, [payment])
    return [payment]
  })
  await paid
  await shop.resources.work.idle()
  expect(await shop.row(order.orderId)).toMatchObject({ failureCode: 'payment_method_unknown' })
  expect(await method(methodId)).toMatchObject({ removedAt: now, orderId: null })
  expect(await authorizations(order.orderId)).toEqual([])
})

test('a guest’s method is removed once its payment is captured or over, and not while money is held', async () => {
  const [held, captured, voided] = [await anOrder(), await anOrder(), await anOrder()]
  await shop.command('capture', { orderId: captured.orderId })
  await shop.command('void', { orderId: voided.orderId })
  await shop.runTimer('remove-guests-methods')
  expect(await method(held.methodId)).toMatchObject({ removedAt: null })
  for (const { methodId } of [captured, voided])
    expect(await method(methodId)).toMatchObject({ removedAt: now })
  now = new Date(now.getTime() + HOUR)
  await shop.resources.methods.detachRemoved()
  expect(await method(captured.methodId)).toMatchObject({ detachedAt: now, last4: '4242' })
  expect(await method(held.methodId)).toMatchObject({ detachedAt: null })
})

test('a guest’s method is removed in each status that holds no money and needs it no more', async () => {
  const { methodId, orderId } = await anOrder()
  const { prisma } = shop.resources
  const isRemoved = async (status: PaymentStatus, pending: 'VOID' | null = null) => {
    await prisma.payment.update({ where: { orderId }, data: { status, pending } })
    await shop.runTimer('remove-guests-methods')
    const { removedAt } = await method(methodId)
    await prisma.paymentMethod.update({ where: { id: methodId }, data: { removedAt: null } })
    return removedAt !== null
  }
  const removed: PaymentStatus[] = []
  for (const status of Object.values(PaymentStatus)) if (await isRemoved(status)) removed.push(status)
  expect(removed.toSorted()).toEqual([
    ...['CAPTURED', 'CAPTURE_FAILED', 'DECLINED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'VOIDED'],
  ])
  expect(await isRemoved('DECLINED', 'VOID')).toBe(false)
  expect(await isRemoved('DECLINED')).toBe(true)
})

test('a guest’s method without an order is removed after a day; a customer’s is kept', async () => {
  const unused = await shop.aMethod(anonymous)
  const kept = await shop.aMethod(customer(newId('usr')))
  now = new Date(now.getTime() + DAY - 1)
  await shop.runTimer('remove-guests-methods')
  expect(await method(unused)).toMatchObject({ removedAt: null })
  now = new Date(now.getTime() + 1)
  await shop.runTimer('remove-guests-methods')
  expect(await method(unused)).toMatchObject({ removedAt: now })
  expect(await method(kept)).toMatchObject({ removedAt: null })
  const late = command(unused)
  await shop.command('authorize', late)
  expect(await shop.row(late.orderId)).toMatchObject({ failureCode: 'payment_method_unknown' })
})

/** Inserts methods of guests. @returns their ids */
async function methods(count: number, createdAt: Date, removedAt: Date | null): Promise<string[]> {
  const rows = Array.from({ length: count }, () => ({ id: newId('pmt'), kind: 'WALLET' as const }))
  const of = { gateway: 'sandbox', gatewayRef: 'src_none', provider: 'P', account: 'a', isDefault: false }
  await shop.resources.prisma.paymentMethod.createMany({
    data: rows.map((row) => ({ ...row, ...of, createdAt, removedAt })),
  })
  return rows.map(({ id }) => id)
}

test('more methods than a batch are removed in one round, and those that another replica has locked are not waited for', async () => {
  const ids = await methods(REMOVAL_BATCH + 2, new Date(now.getTime() - DAY), null)
  const [locked = '', ...others] = ids
  await shop.resources.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT id FROM payment_method WHERE id = ${locked} FOR UPDATE`
    await shop.runTimer('remove-guests-methods')
  })
  expect(await method(locked)).toMatchObject({ removedAt: null })
  const where = { id: { in: others }, removedAt: now }
  expect(await shop.resources.prisma.paymentMethod.count({ where })).toBe(REMOVAL_BATCH + 1)
})

test('a method that the gateway does not delete holds no other up, and is tried again after an hour', async () => {
  const removedAt = new Date(now.getTime() - 2 * HOUR)
  const ids = await methods(2 * DETACH_BATCH + 1, removedAt, removedAt)
  const where = { id: { in: ids } }
  const { prisma, methods: store } = shop.resources
  const broken = ids.slice(0, DETACH_BATCH)
  await prisma.paymentMethod.updateMany({ where: { id: { in: broken } }, data: { gatewayRef: 'no/source' } })
  lines.length = 0
  await store.detachRemoved()
  expect(lines).toHaveLength(DETACH_BATCH)
  expect(lines).toContainEqual({
    level: 'warn',
    msg: 'a removed payment method was not deleted at the gateway',
    paymentMethod: broken[0],
    err: expect.anything(),
  })
  const left = () => prisma.paymentMethod.count({ where: { ...where, detachedAt: null } })
  expect(await left()).toBe(DETACH_BATCH)
  await prisma.paymentMethod.updateMany({ where, data: { gatewayRef: 'src_none' } })
  expect(DETACH_PAUSE_MS).toBe(HOUR)
  now = new Date(now.getTime() + DETACH_PAUSE_MS - 1)
  await store.detachRemoved()
  expect(await left()).toBe(DETACH_BATCH)
  now = new Date(now.getTime() + 1)
  // One that another replica has locked is left to it.
  const lock = 'SELECT 1 FROM payment_method WHERE id = $1 FOR UPDATE'
  await shop.whileLocked(lock, [broken[0]], () => store.detachRemoved())
  expect(await left()).toBe(1)
  await store.detachRemoved()
  expect(await left()).toBe(0)
  // The gateway is not asked again for methods that it has deleted.
  await prisma.paymentMethod.updateMany({ where, data: { gatewayRef: 'no/source' } })
  now = new Date(now.getTime() + DETACH_PAUSE_MS)
  lines.length = 0
  await store.detachRemoved()
  expect(lines).toEqual([])
})

test('a round that has taken its time leaves the rest to later ones', async () => {
  const removedAt = new Date(now.getTime() - 2 * HOUR)
  const ids = await methods(DETACH_BATCH + 1, removedAt, removedAt)
  let looks = 0
  await shop.resources.methods.detachRemoved(() => looks++ === 1)
  const left = () =>
    shop.resources.prisma.paymentMethod.count({ where: { id: { in: ids }, detachedAt: null } })
  expect(await left()).toBe(DETACH_BATCH)
  // The one that it had not claimed is left to the next round, the others are claimed for an hour.
  await shop.resources.methods.detachRemoved()
  expect(await left()).toBe(DETACH_BATCH - 1)
  now = new Date(now.getTime() + DETACH_PAUSE_MS)
  await shop.resources.methods.detachRemoved()
  expect(await left()).toBe(0)
})

test('a round ends after ten seconds, so that a stop does not wait long for a slow gateway', async () => {
  const removedAt = new Date(now.getTime() - 2 * HOUR)
  const ids = await methods(3, removedAt, removedAt)
  const { gateway, methods: store, prisma } = shop.resources
  const { detach } = gateway
  let ms = 0
  const time = vi.spyOn(performance, 'now').mockImplementation(() => ms)
  gateway.detach = async (ref) => {
    await detach(ref)
    ms += 5_000
  }
  try {
    await store.detachRemoved()
  } finally {
    gateway.detach = detach
    time.mockRestore()
  }
  expect(await prisma.paymentMethod.count({ where: { id: { in: ids }, detachedAt: null } })).toBe(1)
})

test.each(['before', 'after'])(
  'an order is claimed %s its payment: with the account, the card of its guest is erased and deleted at the gateway',
  async (time) => {
    const userId = newId('usr')
    const methodId = await shop.aMethod(anonymous)
    const order = command(methodId)
    const claim = () =>
      shop.deliver(
        'orders.order.claimed',
        { orderId: order.orderId, number: 'A-1', customerId: userId },
        { subject: order.orderId },
      )
    if (time === 'before') await claim()
    await shop.command('authorize', order)
    if (time === 'after') await claim()
    await deleteAccount(userId)
    expect(await method(methodId)).toMatchObject({ last4: '0000', expYear: 2000, removedAt: now })
    now = new Date(now.getTime() + HOUR)
    await shop.resources.methods.detachRemoved()
    expect(await method(methodId)).toMatchObject({ detachedAt: now })
  },
)

test('the card of a guest that paid for an order of an account is erased with the account', async () => {
  const userId = newId('usr')
  const methodId = await shop.aMethod(anonymous)
  await shop.command('authorize', command(methodId, userId))
  await deleteAccount(userId)
  expect(await method(methodId)).toMatchObject({ last4: '0000', removedAt: now })
})
