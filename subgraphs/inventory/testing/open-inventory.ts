import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { staff, type TestOptions, type TestSubgraph, testSubgraph } from '@argyle/kit/testing/subgraph'
import { publicStock } from '../availability.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { inventory, type Resources } from '../subgraph.ts'

/** A member of staff who may read and change stock. */
export const keeper: Viewer = staff('inventory:read', 'inventory:write')

/** The initial stock of a variant in one warehouse. */
type Beginning = { warehouseId: string; onHand: number; reorderPoint?: number; incoming?: number }

/** Inventory on a database of its own, without any stock. */
export type Stockroom = TestSubgraph & {
  readonly own: Resources
  readonly prisma: PrismaClient
  addWarehouse(code: string, stocksNewVariants?: boolean): Promise<string>
  /** Creates a variant with its levels and their initial ledger entries, as the seed does. */
  addVariant(...beginnings: Beginning[]): Promise<{ variantId: string; levelIds: string[] }>
  /** The same for a given id. */
  stockVariant(variantId: string, ...beginnings: Beginning[]): Promise<string[]>
  level(id: string): Promise<{ onHand: number; reserved: number; incoming: number; version: number }>
  /** The types of the events about a subject, in the order of their sequence. */
  said(subject: string): Promise<string[]>
}

async function stockVariant(prisma: PrismaClient, variantId: string, beginnings: readonly Beginning[]) {
  const levels = beginnings.map((beginning) => ({
    id: newId('stk'),
    variantId,
    reserved: 0,
    version: 1,
    reorderPoint: 0,
    incoming: 0,
    ...beginning,
  }))
  const { status, availableQuantity } = publicStock(levels)
  await prisma.variant.create({ data: { id: variantId, availabilityStatus: status, availableQuantity } })
  await prisma.stockLevel.createMany({ data: levels })
  await prisma.stockMovement.createMany({
    data: levels
      .filter(({ onHand }) => onHand > 0)
      .map(({ id, onHand }) => ({
        stockLevelId: id,
        kind: 'INITIAL',
        onHandDelta: onHand,
        reservedDelta: 0,
        onHand,
        reserved: 0,
        at: new Date(),
      })),
  })
  return levels.map(({ id }) => id)
}

/** Opens inventory for a test file. */
export async function openInventory(options: TestOptions = {}, definition = inventory): Promise<Stockroom> {
  const subgraph = await testSubgraph(definition, options)
  // The subgraph's own definition opened the resources.
  const own = subgraph.resources as unknown as Resources
  const { prisma } = own
  return {
    ...subgraph,
    own,
    prisma,
    async addWarehouse(code, stocksNewVariants = true) {
      const { id } = await prisma.warehouse.create({
        data: { id: newId('whs'), code, name: code, stocksNewVariants },
      })
      return id
    },
    async addVariant(...beginnings) {
      const variantId = newId('var')
      return { variantId, levelIds: await stockVariant(prisma, variantId, beginnings) }
    },
    stockVariant: (variantId, ...beginnings) => stockVariant(prisma, variantId, beginnings),
    level: (id) => prisma.stockLevel.findUniqueOrThrow({ where: { id } }),
    async said(subject) {
      const messages = await subgraph.outbox()
      return messages
        .filter((message) => message.subject === subject)
        .sort((a, b) => a.sequence - b.sequence)
        .map((message) => message.type)
    },
  }
}
