import { auditConnection } from '@argyle/kit/audit'
import { pageArgs } from '@argyle/kit/connection'
import { payload } from '@argyle/kit/decision'
import { requireUser } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import type { Resolvers } from './generated/resolvers.ts'
import { stateOf } from './low-stock-alert.ts'
import { acknowledgeLowStockAlert, lowStockAlerts } from './low-stock-alert-store.ts'
import { maySee } from './reservation-reader.ts'
import { available, type StockLevel } from './stock-level.ts'
import { createStockLevel } from './stock-level-store.ts'
import { movementConnection, movementPage } from './stock-movement-store.ts'
import { adjustStock, changeIncoming, changeReorderPoint } from './stock-store.ts'
import { allWarehouses, createWarehouse } from './warehouse-store.ts'

/** A row that a foreign key vouches for. */
function present<Row>(row: Row | null, what: string): Row {
  if (row === null) throw new Error(`${what} is missing`)
  return row
}

export const resolvers: Resolvers = {
  Query: {
    warehouses: (_, __, { prisma }) => allWarehouses(prisma),
    stockLevel: (_, { id }, { load }) => load.stockLevelById.load(readId('id', 'stk', id)),
    lowStockAlerts: (_, args, context) => lowStockAlerts(context, args),
    inventoryAudit: (_, args, { prisma }) => auditConnection(prisma, pageArgs(args), args.subjectId ?? null),
  },
  Mutation: {
    createWarehouse: async (_, { input }, context) =>
      payload('warehouse', await createWarehouse(context, requireUser(context.viewer).id, input)),
    createStockLevel: async (_, { input }, context) =>
      payload('stockLevel', await createStockLevel(context, requireUser(context.viewer).id, input)),
    adjustStock: async (_, { input }, context) =>
      payload('stockLevel', await adjustStock(context, requireUser(context.viewer).id, input)),
    setIncomingStock: async (_, { input }, context) =>
      payload('stockLevel', await changeIncoming(context, requireUser(context.viewer).id, input)),
    setReorderPoint: async (_, { input }, context) =>
      payload('stockLevel', await changeReorderPoint(context, requireUser(context.viewer).id, input)),
    acknowledgeLowStockAlert: async (_, { input }, context) =>
      payload('alert', await acknowledgeLowStockAlert(context, requireUser(context.viewer).id, input)),
  },
  ProductVariant: {
    __resolveReference: ({ id }) => ({ id }),
    availability: ({ id }, _, { load }) => load.availabilityByVariantId.load(id),
    stockLevels: ({ id }, _, { load }) => load.stockLevelsByVariantId.load(id),
  },
  Order: {
    __resolveReference: ({ id }) => ({ id }),
    reservation: async ({ id }, _, { load, viewer }) => {
      requireUser(viewer)
      const reservation = await load.reservationByOrderId.load(id)
      return reservation && maySee(viewer, reservation) ? reservation : null
    },
  },
  Warehouse: {
    __resolveReference: ({ id }, { load }) => (isId('whs', id) ? load.warehouseById.load(id) : null),
  },
  StockLevel: {
    __resolveReference: ({ id }, { load }) => (isId('stk', id) ? load.stockLevelById.load(id) : null),
    variant: ({ variantId }) => ({ id: variantId }),
    warehouse: async ({ warehouseId }, _, { load }) =>
      present(await load.warehouseById.load(warehouseId), warehouseId),
    available: (level: StockLevel) => available(level),
    movements: async ({ id }, args, { load }) => {
      const page = movementPage(args)
      return movementConnection(await load.movementsByStockLevelId(page).load(id), page)
    },
  },
  StockMovement: {
    order: ({ orderId }) => (orderId ? { id: orderId } : null),
  },
  LowStockAlert: {
    state: (alert) => stateOf(alert),
    variant: async ({ stockLevelId }, _, { load }) => {
      const level = await load.stockLevelById.load(stockLevelId)
      return level && { id: level.variantId }
    },
    stockLevel: async ({ stockLevelId }, _, { load }) =>
      present(await load.stockLevelById.load(stockLevelId), stockLevelId),
  },
}
