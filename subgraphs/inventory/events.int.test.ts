import { readdirSync, readFileSync } from 'node:fs'
import type { Envelope } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expireDue } from './expiry.ts'
import { publishStockCounts } from './stock-count.ts'
import { inventory } from './subgraph.ts'
import { openInventory, type Stockroom } from './testing/open-inventory.ts'

const samples = new URL('event-samples/', import.meta.url)
const later = () => new Date(Date.now() + 3_600_000)
let room: Stockroom

beforeAll(async () => {
  room = await openInventory()
})
afterAll(() => room.close())
expectEarlierRowsKept(() => room)

/** The shape of a value: each leaf is replaced by its type, and a list by its first element. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf)
  if (value === null || typeof value !== 'object') return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]))
}

async function order(variantId: string, quantity: number, ...commands: string[]) {
  const orderId = newId('ord')
  await room.deliver('inventory.reserve', { orderId, lines: [{ variantId, quantity }] })
  for (const command of commands) await room.deliver(`inventory.${command}`, { orderId })
}

test('every message that inventory publishes has the shape of its sample', async () => {
  const warehouseId = await room.addWarehouse('LEI-1')
  const { variantId } = await room.addVariant({ warehouseId, onHand: 9, reorderPoint: 8 })
  await order(variantId, 100)
  await order(variantId, 1, 'commit', 'restock')
  await order(variantId, 1, 'release')
  await order(variantId, 1)
  await room.deliver('products.product.changed', { variants: [] }, { subject: newId('prd') })
  await expireDue({ prisma: room.prisma, clock: later })
  await publishStockCounts({ prisma: room.prisma, clock: later })

  const published = new Map((await room.outbox()).map(({ type, data }) => [type, shapeOf(data)]))
  const expected = readdirSync(samples).map((file) => {
    // The samples are files of this subgraph.
    const sample = JSON.parse(readFileSync(new URL(file, samples), 'utf8')) as Envelope
    expect(file).toBe(`${sample.type}.json`)
    return [sample.type, shapeOf(sample.data)] as const
  })
  expect(Object.fromEntries(published)).toEqual(Object.fromEntries(expected))
})

test('the progress of the copy of orders is kept for the mutations that wait for it, and for an hour', async () => {
  const { copyProgress } = room.prisma
  await room.deliver('orders.availability.applied', { copyOf: 'var_1', version: 3 })
  expect(await copyProgress.findMany({ where: { subject: 'var_1' } })).toMatchObject([{ version: 3 }])
  await copyProgress.updateMany({ data: { recordedAt: new Date(Date.now() - 3_601_000) } })
  await room.runTimer('forget-copy-progress')
  expect(await copyProgress.count()).toBe(0)
})

test('the timers of inventory, with their periods; reservations are due at the earliest end of one that is held', async () => {
  expect(room.timers).toEqual({
    'expire-reservations': 5_000,
    'publish-stock-counts': 60_000,
    'forget-copy-progress': 3_600_000,
  })
  const { due = '' } = inventory.timers?.find(({ name }) => name === 'expire-reservations') ?? {}
  const dueAt = async () => Object.values((await room.prisma.$queryRawUnsafe<object[]>(due))[0] ?? {})
  expect(await dueAt()).toEqual([null])
  const { id: warehouseId } = await room.prisma.warehouse.findFirstOrThrow()
  const { variantId } = await room.addVariant({ warehouseId, onHand: 9 })
  const reserve = async (ttlSeconds: number) => {
    const orderId = newId('ord')
    await room.deliver('inventory.reserve', { orderId, ttlSeconds, lines: [{ variantId, quantity: 1 }] })
    return room.prisma.reservation.findUniqueOrThrow({ where: { orderId } })
  }
  const [late, early, sold] = [await reserve(3_000), await reserve(2_000), await reserve(1_000)]
  await room.deliver('inventory.commit', { orderId: sold.orderId })
  expect(await dueAt()).toEqual([early.expiresAt])
  await room.deliver('inventory.release', { orderId: early.orderId })
  expect(await dueAt()).toEqual([late.expiresAt])
})
