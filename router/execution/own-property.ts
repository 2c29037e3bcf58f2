import { isExactNumber } from '../json/exact-number.ts'

/** A JSON object that a subgraph sent. The types of its values are unknown. */
export type Json = Record<string, unknown>

/** Names that every object answers to, sent or not: `constructor`, `__proto__`, `toString`, … */
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** Whether every object inherits a property of this name. */
export function isInherited(name: string): boolean {
  return INHERITED.has(name)
}

/** Value of an own property; undefined if there is none. */
export function own(object: Json, name: string): unknown {
  return INHERITED.has(name) && !Object.hasOwn(object, name) ? undefined : object[name]
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
}
