// Tested in reading.int.test.ts: the test runs operations.

import { pageArgs } from '@argyle/kit/connection'
import { payload } from '@argyle/kit/decision'
import { mayReadOrder, requireUser } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import { validate } from '@argyle/kit/user-errors'
import type { Resolvers } from './generated/resolvers.ts'
import { stateOf } from './low-stock-alert.ts'
import { acknowledgeLowStockAlertInput } from './low-stock-alert-input.ts'
import { lowStockAlertList } from './low-stock-alert-list.ts'
import { maySee } from './reservation-reads.ts'
import { available, type StockLevel } from './stock-level.ts'
import {
  adjustStockInput,
  createStockLevelInput,
  setIncomingStockInput,
  setReorderPointInput,
} from './stock-level-input.ts'
import { movementConnection, movementPage } from './stock-movement-list.ts'
import { createWarehouseInput } from './warehouse-input.ts'

/** Asserts that a row exists which a foreign key guarantees. */
function present<Row>(row: Row | null, what: string): Row {
  if (row === null) throw new Error(`${what} is missing`)
  return row
}

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const resolvers: Resolvers = {
  Query: {
    warehouses: (_, __, { warehouses }) => warehouses.all(),
    stockLevel: (_, { id }, { load }) => load.stockLevelById.load(readId('id', 'stk', id)),
    lowStockAlerts: (_, args, { lowStockAlerts }) => lowStockAlertList(args, lowStockAlerts),
    inventoryAudit: (_, args, { audit }) => audit.page(pageArgs(args), args.subjectId ?? null),
  },

  Mutation: {
    async createWarehouse(_, args, { warehouses, viewer }) {
      const input = validate(createWarehouseInput, args.input)
      if (!input.ok) return payload('warehouse', input)
      return payload('warehouse', await warehouses.create(requireUser(viewer).id, input.value))
    },

    async createStockLevel(_, args, { stockLevels, viewer }) {
      const input = validate(createStockLevelInput, args.input)
      if (!input.ok) return payload('stockLevel', input)
      return payload('stockLevel', await stockLevels.create(requireUser(viewer).id, input.value))
    },

    async adjustStock(_, args, { stockLevels, viewer }) {
      const input = validate(adjustStockInput, args.input)
      if (!input.ok) return payload('stockLevel', input)
      return payload('stockLevel', await stockLevels.adjust(requireUser(viewer).id, input.value))
    },

    async setIncomingStock(_, args, { stockLevels, viewer }) {
      const input = validate(setIncomingStockInput, args.input)
      if (!input.ok) return payload('stockLevel', input)
      return payload('stockLevel', await stockLevels.setIncoming(requireUser(viewer).id, input.value))
    },

    async setReorderPoint(_, args, { stockLevels, viewer }) {
      const input = validate(setReorderPointInput, args.input)
      if (!input.ok) return payload('stockLevel', input)
      return payload('stockLevel', await stockLevels.setReorderPoint(requireUser(viewer).id, input.value))
    },

    async acknowledgeLowStockAlert(_, args, { lowStockAlerts, viewer }) {
      const input = validate(acknowledgeLowStockAlertInput, args.input)
      if (!input.ok) return payload('alert', input)
      return payload('alert', await lowStockAlerts.acknowledge(requireUser(viewer).id, input.value.alertId))
    },
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
    order: ({ orderId }, _, { viewer }) => (orderId && mayReadOrder(viewer, null) ? { id: orderId } : null),
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
