import type { Page } from '@argyle/kit/connection'
import { isId } from '@argyle/kit/ids'
import { loadersByArgs, loadMany, loadOne } from '@argyle/kit/loader'
import type { PrismaClient } from './generated/prisma/client.ts'
import { heldReservations } from './reservation-reads.ts'
import type { StockLevel } from './stock-level.ts'
import { stockLevelsById, stockLevelsOf } from './stock-level-reads.ts'
import { movementsOf } from './stock-movement-list.ts'
import { availabilityOf } from './variant-reads.ts'
import { warehousesById } from './warehouse-store.ts'

/** Filters malformed ids, which exist nowhere and some of which PostgreSQL rejects. */
function wellFormed<Row>(prefix: string, fetchMany: (ids: readonly string[]) => Promise<readonly Row[]>) {
  return async (ids: readonly string[]): Promise<readonly Row[]> => {
    const known = ids.filter((id) => isId(prefix, id))
    return known.length > 0 ? fetchMany(known) : []
  }
}

/** The loaders of one operation: 50 lookups of a kind become one statement. */
export function inventoryLoaders(prisma: PrismaClient) {
  return {
    availabilityByVariantId: loadOne(
      wellFormed('var', (ids) => availabilityOf(prisma, ids)),
      (row) => row.variantId,
    ),
    stockLevelsByVariantId: loadMany(
      wellFormed('var', (ids) => stockLevelsOf(prisma, ids)),
      (level: StockLevel) => level.variantId,
    ),
    stockLevelById: loadOne(
      wellFormed('stk', (ids) => stockLevelsById(prisma, ids)),
      (level: StockLevel) => level.id,
    ),
    warehouseById: loadOne(
      wellFormed('whs', (ids) => warehousesById(prisma, ids)),
      (warehouse) => warehouse.id,
    ),
    reservationByOrderId: loadOne(
      wellFormed('ord', (ids) => heldReservations(prisma, ids)),
      (reservation) => reservation.orderId,
    ),
    movementsByStockLevelId: loadersByArgs((page: Page) =>
      loadMany(
        (ids: readonly string[]) => movementsOf(prisma, ids, page),
        (movement) => movement.stockLevelId,
      ),
    ),
  }
}

export type InventoryLoaders = ReturnType<typeof inventoryLoaders>
