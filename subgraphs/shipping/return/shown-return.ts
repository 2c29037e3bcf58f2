import type { Proven } from '../references.ts'
import type { Return, ReturnLine } from './return.ts'

/** A return in the form of the schema. */
export type ShownReturn = Return & Proven

export type ShownReturnLine = ReturnLine & Proven
