import type { Plan } from '../plan.ts'
import { levelsOfVariant, stockLevel } from './stock-level.ts'

/**
 * A variant's published availability, with the limits of inventory's own rule: up to 5 is LOW_STOCK,
 * quantities are published up to 20.
 */
export type AvailabilityRow = {
  status: 'IN_STOCK' | 'LOW_STOCK' | 'OUT_OF_STOCK' | 'BACKORDER'
  quantity: number
}

export function availability(plan: Plan, variant: number): AvailabilityRow {
  const first = levelsOfVariant.firstOf(variant)
  const levels = Array.from({ length: levelsOfVariant.countOf(variant) }, (_, place) =>
    stockLevel(plan, first + place),
  )
  const units = levels.reduce((sum, { onHand }) => sum + onHand, 0)
  if (units > 5) return { status: 'IN_STOCK', quantity: Math.min(units, 20) }
  if (units > 0) return { status: 'LOW_STOCK', quantity: units }
  return { status: levels.some(({ incoming }) => incoming > 0) ? 'BACKORDER' : 'OUT_OF_STOCK', quantity: 0 }
}
