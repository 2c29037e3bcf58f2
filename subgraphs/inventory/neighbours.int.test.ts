import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reserveCommand } from './commands.ts'
import { openInventory, type Stockroom } from './testing/open-inventory.ts'
import { violations } from './testing/violations.ts'

// The samples of other subgraphs' messages: shared data, not code.
let room: Stockroom
let warehouseId: string

beforeAll(async () => {
  room = await openInventory()
  warehouseId = await room.addWarehouse('LEI-1')
})
afterAll(async () => {
  expect(await violations(room.prisma)).toEqual([])
  await room.close()
})

function sampleOf(subgraph: string, type: string) {
  return JSON.parse(
    readFileSync(new URL(`../${subgraph}/event-samples/${type}.json`, import.meta.url), 'utf8'),
  )
}

function deliverSample(subgraph: string, type: string) {
  const { id, subject, sequence, data } = sampleOf(subgraph, type)
  return room.deliver(type, data, { id, subject, sequence })
}

test('the commands of orders take an order from its hold to its sale', async () => {
  const { lines, customerId, orderId } = reserveCommand(sampleOf('orders', 'inventory.reserve'))
  expect(customerId).toMatch(/^usr_/)
  for (const { variantId } of lines) await room.stockVariant(variantId, { warehouseId, onHand: 50 })
  await deliverSample('orders', 'inventory.reserve')
  await deliverSample('orders', 'inventory.commit')
  await deliverSample('orders', 'inventory.release')
  expect(await room.said(orderId)).toEqual([
    'inventory.stock.reserved',
    'inventory.stock.committed',
    'inventory.stock.committed',
  ])
})

test('the variants of a published product are known', async () => {
  await deliverSample('products', 'products.product.changed')
  const { variants } = sampleOf('products', 'products.product.changed').data
  const levels = await room.prisma.stockLevel.findMany({ select: { variantId: true, warehouseId: true } })
  for (const { variantId } of variants) expect(levels).toContainEqual({ variantId, warehouseId })
})
