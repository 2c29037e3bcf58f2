import type { Rule } from './rule.ts'

/** Customers who meet a rule. */
export type Segment = {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly rule: Rule
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
  /** The last customer for whom the version of the rule was evaluated; null: all were. */
  readonly builtThrough: string | null
}

/** Maximum number of segments. Each is evaluated for each changed customer. */
export const MAX_SEGMENTS = 100

/** Maximum number of conditions of a segment that all have to be met. */
export const MAX_CONDITIONS = 10

/** Maximum number of alternatives of a segment. */
export const MAX_ALTERNATIVES = 5

/** Maximum number of conditions of alternatives. */
export const MAX_CHOICES = 5

/** Sizes of segments are counted up to this number. */
export const MAX_COUNT = 100_000
