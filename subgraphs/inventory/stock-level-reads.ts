import type { PrismaClient } from './generated/prisma/client.ts'
import type { StockLevel } from './stock-level.ts'

const columns = {
  id: true,
  variantId: true,
  warehouseId: true,
  onHand: true,
  reserved: true,
  incoming: true,
  reorderPoint: true,
  version: true,
}

/** The level that was just written. @throws Error if it does not exist */
export function stockLevelById(prisma: PrismaClient, id: string): Promise<StockLevel> {
  return prisma.stockLevel.findUniqueOrThrow({ where: { id }, select: columns })
}

/** The levels with these ids, in any order. */
export function stockLevelsById(prisma: PrismaClient, ids: readonly string[]): Promise<StockLevel[]> {
  return prisma.stockLevel.findMany({ where: { id: { in: [...ids] } }, select: columns })
}

/** All levels of these variants, by the code of the warehouse. */
export function stockLevelsOf(prisma: PrismaClient, variantIds: readonly string[]): Promise<StockLevel[]> {
  return prisma.stockLevel.findMany({
    where: { variantId: { in: [...variantIds] } },
    select: columns,
    orderBy: { warehouse: { code: 'asc' } },
  })
}
