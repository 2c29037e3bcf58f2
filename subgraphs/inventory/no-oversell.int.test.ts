import { openPrisma } from '@argyle/kit/database'
import { newId } from '@argyle/kit/ids'
import { atOnce } from '@argyle/kit/testing/at-once'
import { MAX_WAIT_MS } from '@argyle/kit/testing/database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WantedLine } from './allocation.ts'
import { expireDue } from './expiry.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { reserve, settle } from './reservation-store.ts'
import { stockLevelStore } from './stock-level-store.ts'
import { openInventory, type Stockroom } from './testing/open-inventory.ts'
import { violations } from './testing/violations.ts'

// More connections than the service uses, so that transactions really compete inside PostgreSQL.
const CONNECTIONS = 16
const clock = () => new Date('2026-11-21T09:00:00Z')

let room: Stockroom
let crowd: PrismaClient
let leipzig: string
let porto: string

beforeAll(async () => {
  room = await openInventory({ clock })
  crowd = openPrisma(PrismaClient, { url: room.databaseUrl, poolSize: CONNECTIONS, waitMs: MAX_WAIT_MS })
  leipzig = await room.addWarehouse('LEI-1')
  porto = await room.addWarehouse('OPO-1')
})
afterAll(async () => {
  await crowd.$disconnect()
  await room.close()
})

function order(lines: readonly WantedLine[], orderId = newId('ord')) {
  const command = { orderId, ttlSeconds: 900, lines: [...lines] }
  return crowd.$transaction((tx) => reserve(tx, command, clock()))
}

const crowded = <T>(works: readonly (() => Promise<T>)[]) => atOnce(crowd, works, CONNECTIONS)

async function outcomes() {
  const rows = await room.prisma.reservation.groupBy({ by: ['status'], _count: true })
  return Object.fromEntries(rows.map(({ status, _count }) => [status, _count]))
}

async function startAfresh() {
  await room.prisma.$executeRaw`
    TRUNCATE reservation_line, reservation, stock_movement, low_stock_alert, stock_level, variant, outbox_message`
}

test('200 orders of one unit at the same time sell exactly the 60 units of two warehouses', async () => {
  await startAfresh()
  const { variantId, levelIds } = await room.addVariant(
    { warehouseId: leipzig, onHand: 35, reorderPoint: 5 },
    { warehouseId: porto, onHand: 25, reorderPoint: 5 },
  )
  await crowded(Array.from({ length: 200 }, () => () => order([{ variantId, quantity: 1 }])))
  expect(await outcomes()).toEqual({ HELD: 60, REJECTED: 140 })
  expect(await violations(room.prisma)).toEqual([])
  const alerts = await room.prisma.lowStockAlert.findMany()
  expect(alerts.map((alert) => alert.stockLevelId).sort()).toEqual([...levelIds].sort())
  const said = await room.outbox()
  expect(said.filter(({ type }) => type === 'inventory.stock.low')).toHaveLength(2)
})

test('800 orders of two lines in any order sell every unit, without a deadlock', async () => {
  await startAfresh()
  const variants: string[] = []
  for (let i = 0; i < 5; i++) {
    const { variantId } = await room.addVariant(
      { warehouseId: leipzig, onHand: 45 },
      { warehouseId: porto, onHand: 15 },
    )
    variants.push(variantId)
  }
  const line = (i: number): WantedLine => ({ variantId: variants[i % 5] ?? '', quantity: 1 })
  // Every pair of variants, in alternating order: the lock order must not depend on the order of the lines.
  const orders = Array.from({ length: 800 }, (_, i) =>
    i % 2 ? [line(i), line(i + 1)] : [line(i + 1), line(i)],
  )
  await crowded(orders.map((lines) => () => order(lines)))

  const rows = await room.prisma.variant.findMany({ select: { id: true, availableQuantity: true } })
  const left = variants.map((id) => rows.find((row) => row.id === id)?.availableQuantity)
  // Orders ask for more of each pair than exists, so one variant of each pair is sold out.
  for (const [i, units] of left.entries()) expect([units, left[(i + 1) % 5]]).toContain(0)
  const unitsLeft = left.reduce((sum: number, units = 0) => sum + units, 0)
  const held = (300 - unitsLeft) / 2
  expect(await outcomes()).toEqual({ HELD: held, REJECTED: 800 - held })
  expect(await violations(room.prisma)).toEqual([])
})

test('reserving, selling, cancelling, expiring and counting at the same time keep the books', async () => {
  await startAfresh()
  const first = await room.addVariant(
    { warehouseId: leipzig, onHand: 40, reorderPoint: 10 },
    { warehouseId: porto, onHand: 5 },
  )
  const second = await room.addVariant(
    { warehouseId: porto, onHand: 30, reorderPoint: 29 },
    { warehouseId: leipzig, onHand: 3 },
  )
  const lines = [
    { variantId: first.variantId, quantity: 1 },
    { variantId: second.variantId, quantity: 1 },
  ]
  const orders = Array.from({ length: 40 }, () => newId('ord'))
  const adjusted = [...first.levelIds, ...second.levelIds]
  const later = () => new Date('2026-11-21T10:00:00Z')

  async function live(orderId: string, i: number) {
    await order(i % 2 ? lines : lines.toReversed(), orderId)
    const command = (['commit', 'release'] as const)[i % 3]
    if (command) await crowd.$transaction((tx) => settle(tx, command, orderId, clock()))
  }
  const work = orders.map((orderId, i) => () => live(orderId, i))
  const levels = stockLevelStore({ prisma: crowd, clock, availabilityCopied: async () => true })
  const counts = adjusted.map(
    (stockLevelId) => () =>
      levels.adjust(newId('usr'), {
        idempotencyKey: newId('evt'),
        stockLevelId,
        delta: 2,
        reason: 'RECEIVED',
      }),
  )
  const sweeps = [1, 2].map(() => () => expireDue({ prisma: crowd, clock: later }))
  await crowded<unknown>([...work, ...counts, ...sweeps])
  expect(await violations(room.prisma)).toEqual([])

  await expireDue({ prisma: crowd, clock: later })
  expect(await outcomes()).not.toHaveProperty('HELD')
  expect(await violations(room.prisma)).toEqual([])
})

test('the same order from many messages at the same time is reserved once', async () => {
  await startAfresh()
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, onHand: 10 })
  const orderId = newId('ord')
  await crowded(Array.from({ length: 10 }, () => () => order([{ variantId, quantity: 1 }], orderId)))
  expect(await room.level(levelIds[0] ?? '')).toMatchObject({ reserved: 1 })
  expect(await room.said(orderId)).toEqual(Array(10).fill('inventory.stock.reserved'))
})

test('a reserve and a release of one order at the same time never leave a hold', async () => {
  await startAfresh()
  const { variantId } = await room.addVariant({ warehouseId: leipzig, onHand: 50 })
  const orders = Array.from({ length: 25 }, () => newId('ord'))
  await crowded<unknown>(
    orders.flatMap((orderId) => [
      () => order([{ variantId, quantity: 1 }], orderId),
      () => crowd.$transaction((tx) => settle(tx, 'release', orderId, clock())),
    ]),
  )
  expect(await outcomes()).toEqual({ RELEASED: 25 })
  expect(await violations(room.prisma)).toEqual([])
})
