import { isExactNumber } from '../../json/exact-number.ts'
import { isObject, type Json } from '../own-property.ts'

/**
 * Merges the data of a subgraph into the existing data, in place; `source` becomes part of it and must not be
 * used further. Lists of the same length are merged element by element; a null never replaces an object or a list.
 * `__proto__` is skipped: no field can have that name, and data keys are never client aliases.
 */
export function merge(target: Json, source: Json): void {
  if (target === source) return
  for (const key in source) {
    const value = source[key]
    // One level only: most of what is merged are leaves, or new to the target.
    if (typeof value === 'object' && value !== null) mergeAt(target, key, value)
    else if (key !== '__proto__' && !(value === null && isBranch(target[key]))) target[key] = value
  }
}

/** Whether a value has parts that subgraphs may share. */
function isBranch(value: unknown): boolean {
  return isObject(value) || Array.isArray(value)
}

function mergeAt(target: Json, key: string, value: object): void {
  if (key === '__proto__') return
  const existing = target[key]
  if (isExactNumber(value)) target[key] = value
  else if (typeof existing !== 'object' || existing === null || existing === value) target[key] = value
  else if (Array.isArray(value)) target[key] = mergedList(existing, value)
  // Not a list, so a JSON object.
  else if (isObject(existing)) merge(existing, value as Json)
  else target[key] = value
}

function mergedList(existing: unknown, list: readonly unknown[]): unknown {
  if (!Array.isArray(existing) || existing.length !== list.length) return list
  for (const [index, value] of list.entries()) {
    const before: unknown = existing[index]
    if (isObject(before) && isObject(value)) merge(before, value)
    else if (Array.isArray(before) && Array.isArray(value)) existing[index] = mergedList(before, value)
    else if (before === null || before === undefined || value !== null) existing[index] = value
  }
  return existing
}
