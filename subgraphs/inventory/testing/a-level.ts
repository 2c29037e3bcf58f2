import type { StockLevel } from '../stock-level.ts'

/** A level for tests of rules; only what the rule looks at need be said. */
export function aLevel(level: Partial<StockLevel> = {}): StockLevel {
  return {
    id: 'stk_1',
    variantId: 'var_1',
    warehouseId: 'whs_1',
    onHand: 10,
    reserved: 0,
    incoming: 0,
    reorderPoint: 2,
    version: 1,
    ...level,
  }
}
