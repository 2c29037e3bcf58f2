import type { Condition } from './rule.ts'

/** Customers who meet a rule. */
export type Segment = {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly rule: readonly Condition[]
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
  /** The last customer for whom the version of the rule was evaluated; null: all were. */
  readonly builtThrough: string | null
}

/** Maximum number of segments. Each is evaluated for each changed customer. */
export const MOST_SEGMENTS = 100

/** Maximum number of conditions of a segment. */
export const MOST_CONDITIONS = 10

/** Sizes of segments are counted up to this number. */
export const LARGEST_COUNT = 100_000
