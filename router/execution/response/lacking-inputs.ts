import type { RequiredSelection } from '../../planning/plan.ts'
import { requiredFields } from '../entities/compile-representation.ts'
import { isObject, type Json } from '../own-property.ts'
import type { IsOfType } from '../type-names.ts'
import { type Fault, type Faults, faultsAt, markKeys } from './field-errors.ts'
import type { RequestedFields } from './requested-fields.ts'

/**
 * Pins the faults that left objects without a required field to the fields of a request that cannot ask for them. Otherwise
 * nothing would explain these nulls where the client has selected the required field too, which then shows the fault.
 */
export function markLacking(
  faults: Faults,
  objects: readonly Json[],
  requires: readonly RequiredSelection[],
  fields: RequestedFields,
  isOfType: IsOfType,
): void {
  for (const object of objects) {
    const found = new Set<Fault>()
    addFaults(faults, object, requires, isOfType, found)
    for (const fault of found) markKeys(faults, object, fields, fault)
  }
}

/** Adds the faults of the required fields of an object, and of those below. */
function addFaults(
  faults: Faults,
  object: Json,
  requires: readonly RequiredSelection[],
  isOfType: IsOfType,
  found: Set<Fault>,
): void {
  const addBelow = (value: unknown, below: readonly RequiredSelection[]) => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        for (const fault of faultsAt(faults, value, index)) found.add(fault)
        addBelow(item, below)
      }
    } else if (isObject(value)) addFaults(faults, value, below, isOfType, found)
  }
  for (const { name, below } of requiredFields(requires, object.__typename, { isOfType }).values()) {
    // Another request may have brought it: the type of an object, above all.
    const isKnownLeaf = !below && Object.hasOwn(object, name) && object[name] !== null
    if (isKnownLeaf) continue
    for (const fault of faultsAt(faults, object, name)) found.add(fault)
    if (below && Object.hasOwn(object, name)) addBelow(object[name], below)
  }
}
