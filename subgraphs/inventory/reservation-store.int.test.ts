import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { expireDue } from './expiry.ts'
import { reserve as reserveIn } from './reservation-store.ts'
import { inventory } from './subgraph.ts'
import { openInventory, type Stockroom } from './testing/open-inventory.ts'
import { violations } from './testing/violations.ts'

let now = new Date('2026-11-21T09:00:00Z')
const clock = () => now
let room: Stockroom
let leipzig: string
let porto: string

beforeAll(async () => {
  room = await openInventory({ clock })
  leipzig = await room.addWarehouse('LEI-1')
  porto = await room.addWarehouse('OPO-1')
})
afterAll(async () => {
  expect(await violations(room.prisma)).toEqual([])
  await room.close()
})

type Line = { variantId: string; quantity: number }

function reserve(orderId: string, lines: Line[], more: object = {}) {
  const data = { orderId, customerId: newId('usr'), ttlSeconds: 900, lines, ...more }
  return room.deliver('inventory.reserve', data, { subject: orderId })
}

function command(type: 'commit' | 'release' | 'restock', orderId: string) {
  return room.deliver(`inventory.${type}`, { orderId }, { subject: orderId })
}

async function lastAnswer(orderId: string) {
  const answers = (await room.outbox()).filter(({ subject }) => subject === orderId)
  return answers.sort((a, b) => a.sequence - b.sequence).at(-1)
}

test('an order is held, sold, and put back on the shelf when it is cancelled after the sale', async () => {
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, onHand: 10 })
  const level = () => room.level(levelIds[0] ?? '')
  const orderId = newId('ord')

  await reserve(orderId, [
    { variantId, quantity: 2 },
    { variantId, quantity: 1 },
  ])
  expect(await level()).toMatchObject({ onHand: 10, reserved: 3 })
  await command('commit', orderId)
  expect(await level()).toMatchObject({ onHand: 7, reserved: 0 })
  await command('restock', orderId)
  expect(await level()).toMatchObject({ onHand: 10, reserved: 0 })

  expect(await room.said(orderId)).toEqual([
    'inventory.stock.reserved',
    'inventory.stock.committed',
    'inventory.stock.restocked',
  ])
  // Restocking another order is another restock, though neither command names a return.
  const other = newId('ord')
  await reserve(other, [{ variantId, quantity: 4 }])
  await command('commit', other)
  await command('restock', other)
  expect(await level()).toMatchObject({ onHand: 10, reserved: 0 })
})

test('the answer to a commit has the allocations, also when the commit is repeated', async () => {
  const a = await room.addVariant({ warehouseId: leipzig, onHand: 1 }, { warehouseId: porto, onHand: 2 })
  const orderId = newId('ord')
  await reserve(orderId, [{ variantId: a.variantId, quantity: 3 }])
  for (let times = 0; times < 2; times++) {
    await command('commit', orderId)
    expect((await lastAnswer(orderId))?.data).toMatchObject({
      allocations: [
        { warehouseId: leipzig, warehouseCode: 'LEI-1', variantId: a.variantId, quantity: 1 },
        { warehouseId: porto, warehouseCode: 'OPO-1', variantId: a.variantId, quantity: 2 },
      ],
    })
  }
})

test('what a customer sends back goes to the shelf where it arrives, once per return', async () => {
  const a = await room.addVariant({ warehouseId: leipzig, onHand: 5 }, { warehouseId: porto, onHand: 0 })
  const [inLeipzig = '', inPorto = ''] = a.levelIds
  const orderId = newId('ord')
  const back = (restockId: string, quantity: number, warehouseId: string | null) =>
    room.deliver('inventory.restock', {
      orderId,
      restockId,
      lines: [{ variantId: a.variantId, quantity, warehouseId }],
    })
  await reserve(orderId, [{ variantId: a.variantId, quantity: 3 }])
  await expect(back('rma_1', 1, porto)).rejects.toThrow('HELD')
  await command('commit', orderId)
  for (let times = 0; times < 2; times++) {
    await back('rma_1', 1, porto)
    expect((await lastAnswer(orderId))?.data).toEqual({
      orderId,
      restockId: 'rma_1',
      lines: [{ variantId: a.variantId, quantity: 1, warehouseId: porto }],
    })
  }
  expect(await room.level(inPorto)).toMatchObject({ onHand: 1 })
  expect(await room.level(inLeipzig)).toMatchObject({ onHand: 2 })
  const statusOf = async () =>
    (await room.prisma.reservation.findUniqueOrThrow({ where: { orderId } })).status
  expect(await statusOf()).toBe('COMMITTED')
  // More units than were sold: only those return. An unknown warehouse: they return to where they came from.
  await back('rma_2', 9, newId('whs'))
  expect(await room.level(inLeipzig)).toMatchObject({ onHand: 4 })
  expect(await statusOf()).toBe('RESTOCKED')
  await back('rma_3', 1, null)
  expect((await lastAnswer(orderId))?.data).toEqual({ orderId, restockId: 'rma_3', lines: [] })
  await back('rma_4', 1, null)
  const sequences = (await room.outbox()).filter(({ subject }) => subject === orderId)
  expect(sequences.map(({ sequence }) => sequence).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('the answer to a reserve has the reservation and its expiry', async () => {
  const { variantId } = await room.addVariant({ warehouseId: leipzig, onHand: 1 })
  const orderId = newId('ord')
  await reserve(orderId, [{ variantId, quantity: 1 }], { ttlSeconds: 60 })
  const reservation = await room.prisma.reservation.findUniqueOrThrow({ where: { orderId } })
  expect(await lastAnswer(orderId)).toMatchObject({
    type: 'inventory.stock.reserved',
    sequence: 1,
    data: { orderId, reservationId: reservation.id, expiresAt: new Date(+now + 60_000).toISOString() },
  })
})

test('an order with a shortage holds nothing, and its answer has every shortage', async () => {
  const plenty = await room.addVariant({ warehouseId: leipzig, onHand: 50 })
  const few = await room.addVariant({ warehouseId: leipzig, onHand: 1 }, { warehouseId: porto, onHand: 1 })
  const unknown = newId('var')
  const orderId = newId('ord')
  await reserve(orderId, [
    { variantId: plenty.variantId, quantity: 1 },
    { variantId: few.variantId, quantity: 3 },
    { variantId: unknown, quantity: 1 },
  ])
  const first = await lastAnswer(orderId)
  expect(first).toMatchObject({
    type: 'inventory.stock.rejected',
    data: {
      orderId,
      shortages: [
        { variantId: few.variantId, requestedQuantity: 3, availableQuantity: 2 },
        { variantId: unknown, requestedQuantity: 1, availableQuantity: 0 },
      ],
    },
  })
  expect(await room.level(plenty.levelIds[0] ?? '')).toMatchObject({ reserved: 0, version: 1 })
  await reserve(orderId, [{ variantId: plenty.variantId, quantity: 1 }])
  expect(await room.said(orderId)).toEqual(['inventory.stock.rejected', 'inventory.stock.rejected'])
  expect((await lastAnswer(orderId))?.data).toEqual(first?.data)
  expect(await room.level(plenty.levelIds[0] ?? '')).toMatchObject({ reserved: 0 })
})

test('one warehouse that holds the whole order gives all of it; else the order is split', async () => {
  const a = await room.addVariant({ warehouseId: leipzig, onHand: 1 }, { warehouseId: porto, onHand: 4 })
  const b = await room.addVariant({ warehouseId: leipzig, onHand: 9 }, { warehouseId: porto, onHand: 4 })
  await reserve(newId('ord'), [
    { variantId: a.variantId, quantity: 2 },
    { variantId: b.variantId, quantity: 2 },
  ])
  expect(await room.level(a.levelIds[1] ?? '')).toMatchObject({ reserved: 2 })
  expect(await room.level(b.levelIds[1] ?? '')).toMatchObject({ reserved: 2 })
  await reserve(newId('ord'), [{ variantId: a.variantId, quantity: 3 }])
  expect(await room.level(a.levelIds[0] ?? '')).toMatchObject({ reserved: 1 })
  expect(await room.level(a.levelIds[1] ?? '')).toMatchObject({ reserved: 4 })
})

test('a reserve that comes again under another message id is answered again and holds nothing more', async () => {
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, onHand: 5 })
  const orderId = newId('ord')
  await reserve(orderId, [{ variantId, quantity: 2 }])
  const first = await lastAnswer(orderId)
  await reserve(orderId, [{ variantId, quantity: 2 }])
  const second = await lastAnswer(orderId)
  expect(second?.data).toEqual(first?.data)
  expect(second?.sequence).toBe(2)
  expect(await room.level(levelIds[0] ?? '')).toMatchObject({ reserved: 2 })
})

test('a message with the same id is not even answered', async () => {
  const { variantId } = await room.addVariant({ warehouseId: leipzig, onHand: 5 })
  const orderId = newId('ord')
  const id = newId('evt')
  const data = { orderId, ttlSeconds: 900, lines: [{ variantId, quantity: 1 }] }
  await room.deliver('inventory.reserve', data, { id })
  await room.deliver('inventory.reserve', data, { id })
  expect(await room.said(orderId)).toEqual(['inventory.stock.reserved'])
})

test('a release that overtakes its reserve closes the order for good', async () => {
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, onHand: 5 })
  const orderId = newId('ord')
  await command('release', orderId)
  await reserve(orderId, [{ variantId, quantity: 2 }])
  expect(await room.said(orderId)).toEqual(['inventory.stock.released', 'inventory.stock.released'])
  expect(await room.level(levelIds[0] ?? '')).toMatchObject({ reserved: 0 })
})

test('a release that waits for a concurrent reserve of its order releases it', async () => {
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, onHand: 5 })
  const orderId = newId('ord')
  const lines = [{ variantId, quantity: 2 }]
  const released = await room.prisma.$transaction(async (tx) => {
    await reserveIn(tx, { orderId, ttlSeconds: 900, lines }, now)
    const release = command('release', orderId)
    await room.untilWaiting(1, [release])
    return [release]
  })
  await Promise.all(released)
  expect(await room.said(orderId)).toEqual(['inventory.stock.reserved', 'inventory.stock.released'])
  expect(await room.level(levelIds[0] ?? '')).toMatchObject({ onHand: 5, reserved: 0 })
})

test('of a commit and a release of one order at once, one ends it, and the other is answered alike', async () => {
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, onHand: 9 })
  const [orderId, other] = [newId('ord'), newId('ord')]
  for (const id of [orderId, other]) await reserve(id, [{ variantId, quantity: 2 }])
  await room.atOnce([() => command('commit', orderId), () => command('release', orderId)])
  const [, first, second] = await room.said(orderId)
  expect(second).toBe(first)
  const onHand = first === 'inventory.stock.committed' ? 7 : 9
  expect(await room.level(levelIds[0] ?? '')).toMatchObject({ onHand, reserved: 2 })
})

test('a commit that comes before its reserve is refused, so that it is delivered again', async () => {
  const orderId = newId('ord')
  await expect(command('commit', orderId)).rejects.toThrow('does not exist')
  expect(await room.said(orderId)).toEqual([])
})

test('an expired reservation releases its units, and a later commit is answered with the expiry', async () => {
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, onHand: 3 })
  const early = newId('ord')
  const late = newId('ord')
  await reserve(early, [{ variantId, quantity: 2 }], { ttlSeconds: 60 })
  await reserve(late, [{ variantId, quantity: 1 }], { ttlSeconds: 61 })
  now = new Date(+now + 60_000)
  await room.runTimer('expire-reservations')
  expect(await room.level(levelIds[0] ?? '')).toMatchObject({ onHand: 3, reserved: 1 })
  await command('commit', early)
  expect(await room.said(early)).toEqual([
    'inventory.stock.reserved',
    'inventory.reservation.expired',
    'inventory.reservation.expired',
  ])
  expect(await room.said(late)).toEqual(['inventory.stock.reserved'])
})

test('a commit whose time is over is in time as long as the units are still held', async () => {
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, onHand: 3 })
  const orderId = newId('ord')
  await reserve(orderId, [{ variantId, quantity: 2 }], { ttlSeconds: 60 })
  now = new Date(+now + 61_000)
  await command('commit', orderId)
  await expireDue({ prisma: room.prisma, clock })
  expect(await room.said(orderId)).toEqual(['inventory.stock.reserved', 'inventory.stock.committed'])
  expect(await room.level(levelIds[0] ?? '')).toMatchObject({ onHand: 1, reserved: 0 })
})

test('replicas that sweep at the same time end each reservation once', async () => {
  const { variantId } = await room.addVariant({ warehouseId: leipzig, onHand: 12 })
  const orders = Array.from({ length: 12 }, () => newId('ord'))
  for (const orderId of orders) await reserve(orderId, [{ variantId, quantity: 1 }], { ttlSeconds: 1 })
  now = new Date(+now + 1_000)
  await room.manyAtOnce(3, () => expireDue({ prisma: room.prisma, clock }))
  for (const orderId of orders) {
    expect(await room.said(orderId)).toEqual(['inventory.stock.reserved', 'inventory.reservation.expired'])
  }
})

test('a hold that another replica is at is passed over, and those after it end', async () => {
  const { variantId } = await room.addVariant({ warehouseId: leipzig, onHand: 3 })
  const orders = [newId('ord'), newId('ord'), newId('ord')]
  const [oldest = ''] = orders
  for (const [index, orderId] of orders.entries())
    await reserve(orderId, [{ variantId, quantity: 1 }], { ttlSeconds: index + 1 })
  now = new Date(+now + 3_000)
  await room.whileLocked('SELECT 1 FROM reservation WHERE order_id = $1 FOR UPDATE', [oldest], () =>
    expireDue({ prisma: room.prisma, clock }),
  )
  const statusOf = async (orderId: string) =>
    (await room.prisma.reservation.findUniqueOrThrow({ where: { orderId } })).status
  expect(await Promise.all(orders.map(statusOf))).toEqual(['HELD', 'EXPIRED', 'EXPIRED'])
  await expireDue({ prisma: room.prisma, clock })
  expect(await statusOf(oldest)).toBe('EXPIRED')
})

test('a sweep that is stopped ends no further hold', async () => {
  const { variantId } = await room.addVariant({ warehouseId: leipzig, onHand: 2 })
  const orders = [newId('ord'), newId('ord')]
  for (const [index, orderId] of orders.entries())
    await reserve(orderId, [{ variantId, quantity: 1 }], { ttlSeconds: index + 1 })
  now = new Date(+now + 2_000)
  const { signal: stop } = new AbortController()
  vi.spyOn(stop, 'aborted', 'get').mockReturnValue(true).mockReturnValueOnce(false)
  await inventory.timers?.find(({ name }) => name === 'expire-reservations')?.run(room.own, stop)
  const statusOf = async (orderId: string) =>
    (await room.prisma.reservation.findUniqueOrThrow({ where: { orderId } })).status
  expect(await Promise.all(orders.map(statusOf))).toEqual(['EXPIRED', 'HELD'])
  await room.runTimer('expire-reservations')
  expect(await Promise.all(orders.map(statusOf))).toEqual(['EXPIRED', 'EXPIRED'])
})

test('a command that is not of the form changes nothing', async () => {
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, onHand: 5 })
  const orderId = newId('ord')
  await expect(reserve(orderId, [{ variantId, quantity: 0 }])).rejects.toThrow()
  await expect(reserve(orderId, [])).rejects.toThrow()
  await expect(reserve('ord_1', [{ variantId, quantity: 1 }])).rejects.toThrow()
  expect(await room.level(levelIds[0] ?? '')).toMatchObject({ reserved: 0, version: 1 })
})

test('a hold that cannot be ended holds no other up', async () => {
  const { variantId } = await room.addVariant({ warehouseId: leipzig, onHand: 10 })
  const orders = [newId('ord'), newId('ord'), newId('ord')]
  for (const orderId of orders) await reserve(orderId, [{ variantId, quantity: 1 }])
  const [bad = '', ...good] = orders
  const start = now
  now = new Date(now.getTime() + 3_600_000)
  try {
    await room.prisma.$executeRawUnsafe(
      `ALTER TABLE reservation ADD CONSTRAINT broken CHECK (order_id <> '${bad}' OR status = 'HELD') NOT VALID`,
    )
    await expect(expireDue({ prisma: room.prisma, clock })).rejects.toThrow('due rows failed')
    const statusOf = async (orderId: string) =>
      (await room.prisma.reservation.findFirstOrThrow({ where: { orderId } })).status
    expect(await statusOf(bad)).toBe('HELD')
    for (const orderId of good) expect(await statusOf(orderId)).toBe('EXPIRED')
    await room.prisma.$executeRawUnsafe('ALTER TABLE reservation DROP CONSTRAINT broken')
    await expireDue({ prisma: room.prisma, clock })
    expect(await statusOf(bad)).toBe('EXPIRED')
  } finally {
    now = start
  }
})
