import type { StockLevel } from '../stock-level.ts'

/** A stock level for tests of rules, with defaults for the other fields. */
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
