import type { SeedCurrency } from '../catalogue/price-ladder.ts'
import { DAY, type Plan, SHOP_AGE } from '../plan.ts'
import { seedId } from '../random/seed-id.ts'

export type WarehouseRow = { id: string; code: string; name: string; createdAt: number }

const WAREHOUSES = [
  ['CMH-1', 'Columbus'],
  ['RTM-1', 'Rotterdam'],
  ['OSA-1', 'Osaka'],
] as const

export const WAREHOUSE_COUNT = WAREHOUSES.length

/** The warehouse that serves a customer, by currency; if it does not stock a variant, Rotterdam does. */
export const NEAREST: Record<SeedCurrency, number> = { USD: 0, EUR: 1, JPY: 2 }
export const FALLBACK_WAREHOUSE = 1

export function warehouse(plan: Plan, index: number): WarehouseRow {
  const warehouse = WAREHOUSES[index]
  if (!warehouse) throw new Error(`There are warehouses 0 to ${WAREHOUSES.length - 1}, not ${index}.`)
  const createdAt = plan.today - SHOP_AGE - 80 * DAY
  return { id: seedId('whs', plan.seed, index, createdAt), code: warehouse[0], name: warehouse[1], createdAt }
}
