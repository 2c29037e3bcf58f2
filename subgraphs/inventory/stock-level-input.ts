import { idSchema } from '@argyle/kit/ids'
import { idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { STOCK_REASONS } from './adjustment.ts'
import { MAX_UNITS } from './stock-level.ts'

const stockLevelId = idSchema('stk')
const units = z.int().min(0).max(MAX_UNITS)

export const createStockLevelInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  variantId: idSchema('var'),
  warehouseId: idSchema('whs'),
  reorderPoint: units,
})
export type NewStockLevel = z.output<typeof createStockLevelInput>

export const adjustStockInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  stockLevelId,
  delta: z.int().min(-MAX_UNITS).max(MAX_UNITS),
  reason: z.enum(STOCK_REASONS),
  changeFromOnHand: z.int().min(0).nullish(),
})

export const setReorderPointInput = z.object({
  stockLevelId,
  expectedVersion: versionSchema,
  reorderPoint: units,
})

export const setIncomingStockInput = z.object({
  stockLevelId,
  expectedVersion: versionSchema,
  incoming: units,
})
