import { SOCK_TYPES } from './catalogue/sock-type.ts'
import { COHORT } from './customers/cohort.ts'

export const SIZES = ['tiny', 'demo', 'large'] as const
export type Size = (typeof SIZES)[number]

/**
 * Everything that a seeded row depends on: the same plan and index give the same row, on any machine, in any
 * order. `today` is the instant (ms since the epoch) at which the shop's past ends; no row is younger.
 */
export type Plan = { readonly seed: number; readonly size: Size; readonly today: number }

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** How long ago the shop took its first order. */
export const SHOP_AGE = 540 * DAY

/**
 * Sizes are whole rounds of the sock types and whole cohorts of people, so that every index can be computed
 * alone.
 */
const SCALE: Record<Size, { rounds: number; cohorts: number }> = {
  tiny: { rounds: 1, cohorts: 1 },
  demo: { rounds: 20, cohorts: 25 },
  large: { rounds: 4_167, cohorts: 16_394 },
}

/** Products of each sock type. */
export function roundsOf(size: Size): number {
  return SCALE[size].rounds
}

export function productsOf(size: Size): number {
  return SCALE[size].rounds * SOCK_TYPES.length
}

export function usersOf(size: Size): number {
  return SCALE[size].cohorts * COHORT.length
}
