import { type FieldNode, Kind, type SelectionNode, type ValueNode } from 'graphql'
import { type Conditions, isTaken } from '../conditions.ts'
import { isCondition } from '../data-keys.ts'
import { NotDirect } from './not-direct.ts'
import type { OwnedType, Ownership } from './ownership.ts'

export type Reading = {
  readonly ownership: Ownership
  /** null: whatever is selected under a condition is taken. */
  readonly conditions: Conditions | null
}

/** @throws NotDirect where it has a directive that a subgraph would have to see. */
export function isSelected({ directives }: SelectionNode, conditions: Conditions | null): boolean {
  if (!directives || directives.length === 0) return true
  const own = directives.find(({ name }) => !isCondition(name.value))
  if (own) throw new NotDirect(`@${own.name.value} is not known to the router`)
  return conditions === null || isTaken(directives, conditions)
}

/** Visits the fields that are selected of objects of one type, out of whatever fragments; some maybe more than once. */
export function eachField(
  selections: readonly SelectionNode[],
  type: OwnedType,
  reading: Reading,
  visit: (node: FieldNode) => void,
): void {
  for (const selection of selections) {
    if (!isSelected(selection, reading.conditions)) continue
    if (selection.kind === Kind.FIELD) visit(selection)
    else if (applies(conditionOf(selection), type, reading.ownership))
      eachField(selectionsOf(selection), type, reading, visit)
  }
}

/** The type that a fragment is on. In normal form each has one, and none is spread by name. */
export function conditionOf(selection: SelectionNode): string {
  const condition = selection.kind === Kind.INLINE_FRAGMENT ? selection.typeCondition : undefined
  if (!condition) throw new Error('a fragment names no type')
  return condition.name.value
}

export function selectionsOf(selection: SelectionNode): readonly SelectionNode[] {
  return selection.kind === Kind.FRAGMENT_SPREAD ? [] : (selection.selectionSet?.selections ?? [])
}

/** What a subgraph provides below a field, by what it provides of the object; null: not even the field. */
export function providedBelow(
  provided: readonly SelectionNode[],
  type: OwnedType,
  name: string,
  ownership: Ownership,
): readonly SelectionNode[] | null {
  let found: SelectionNode[] | null = null
  for (const selection of provided) {
    if (selection.kind !== Kind.FIELD) {
      if (!applies(conditionOf(selection), type, ownership)) continue
      const below = providedBelow(selectionsOf(selection), type, name, ownership)
      if (below) found = [...(found ?? []), ...below]
    } else if (selection.name.value === name) found = [...(found ?? []), ...selectionsOf(selection)]
  }
  return found
}

const resolvedForAll = new WeakMap<OwnedType, Map<string, boolean>>()

/** Whether a subgraph resolves a field of whatever object of an abstract type. Of a type with many members looked up once. */
export function isResolvedForAll(
  name: string,
  type: OwnedType,
  subgraph: string,
  ownership: Ownership,
): boolean {
  const known = resolvedForAll.get(type) ?? new Map<string, boolean>()
  resolvedForAll.set(type, known)
  const place = `${subgraph} ${name}`
  const found = known.get(place)
  if (found !== undefined) return found
  const isResolved = [type, ...type.membersIn(subgraph).map(ownership.type)].every((one) => {
    const owner = one.field(name).owners.get(subgraph)
    return owner !== undefined && !owner.requires
  })
  known.set(place, isResolved)
  return isResolved
}

function applies(condition: string, { name }: OwnedType, ownership: Ownership): boolean {
  return condition === name || ownership.type(condition).covers(name)
}

/** Adds the names of the variables in a value. */
export function addVariables(value: ValueNode, names: string[]): void {
  if (value.kind === Kind.VARIABLE) names.push(value.name.value)
  else if (value.kind === Kind.LIST) for (const item of value.values) addVariables(item, names)
  else if (value.kind === Kind.OBJECT) for (const field of value.fields) addVariables(field.value, names)
}
