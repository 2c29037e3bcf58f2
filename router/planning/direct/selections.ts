// Also tested in ../planner.test.ts: the test checks the plan.

import { type FieldNode, Kind, type SelectionNode, type ValueNode } from 'graphql'
import { type Conditions, isTaken } from '../../operation/conditions.ts'
import { writeCall, writeDirective } from '../../operation/print-operation.ts'
import { isCondition, responseNameOf } from '../../operation/response-keys.ts'
import type { OwnedType, Ownership } from './owned-type.ts'

export type Reading = {
  readonly ownership: Ownership
  /** null: every selection under a condition is included. */
  readonly conditions: Conditions | null
}

/** A field that is selected under one data key, with all selections below it. */
export type SelectedField = { readonly node: FieldNode; readonly below: readonly SelectionNode[] }

/**
 * Directives other than `@skip` and `@include` reach a subgraph only with fields, since fragments are
 * inlined.
 */
export function isSelected({ directives }: SelectionNode, conditions: Conditions | null): boolean {
  if (!directives || directives.length === 0) return true
  return conditions === null || isTaken(directives, conditions)
}

/** The fields that are selected of objects of one type, by data key, with fragments inlined. */
export function selectedFieldsOf(
  selections: readonly SelectionNode[],
  type: OwnedType,
  reading: Reading,
): ReadonlyMap<string, SelectedField> {
  const asked = new Map<string, SelectedField>()
  eachField(selections, type, reading, (node) => addSelectedField(asked, node))
  return asked
}

/** Adds a field. Selections of one data key are merged. */
export function addSelectedField(asked: Map<string, SelectedField>, node: FieldNode): void {
  const key = responseNameOf(node)
  const known = asked.get(key)
  const below = selectionsOf(node)
  if (!known) asked.set(key, { node, below })
  else if (below.length > 0) asked.set(key, { node: known.node, below: [...known.below, ...below] })
}

/**
 * Visits the fields that are selected of objects of one type, with fragments inlined; some possibly more than
 * once.
 */
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

/** The type condition of a fragment. In normal form each has one, and none is spread by name. */
export function conditionOf(selection: SelectionNode): string {
  const condition = selection.kind === Kind.INLINE_FRAGMENT ? selection.typeCondition : undefined
  if (!condition) throw new Error('a fragment names no type')
  return condition.name.value
}

export function selectionsOf(selection: SelectionNode): readonly SelectionNode[] {
  return selection.kind === Kind.FRAGMENT_SPREAD ? [] : (selection.selectionSet?.selections ?? [])
}

/** Selections that a subgraph provides below a field (`@provides`); null if it does not provide the field. */
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

/**
 * Whether a subgraph resolves a field for every object of a type by itself. Cached for types with many
 * members.
 */
export function isResolvedBy(subgraph: string, name: string, type: OwnedType, ownership: Ownership): boolean {
  if (!type.isAbstract) return resolves(subgraph, name, type)
  const known = resolvedForAll.get(type) ?? new Map<string, boolean>()
  resolvedForAll.set(type, known)
  const place = `${subgraph} ${name}`
  const found = known.get(place)
  if (found !== undefined) return found
  const types = [type, ...type.membersIn(subgraph).map(ownership.type)]
  const isResolved = types.every((one) => resolves(subgraph, name, one))
  known.set(place, isResolved)
  return isResolved
}

function resolves(subgraph: string, name: string, type: OwnedType): boolean {
  const owner = type.has(name) ? type.field(name).owners.get(subgraph) : undefined
  return owner !== undefined && !owner.requires && owner.contexts.length === 0
}

export function applies(condition: string, { name }: OwnedType, ownership: Ownership): boolean {
  return condition === name || ownership.type(condition).covers(name)
}

/** A field with its arguments and the directives that a subgraph gets. @param further arguments. */
export function fieldCall(node: FieldNode, further: readonly string[]): string {
  const plain = writeCall(node)
  const { directives } = node
  if (further.length === 0 && (!directives || directives.length === 0)) return plain
  const own = (directives ?? []).filter(({ name }) => !isCondition(name.value)).map(writeDirective)
  if (further.length === 0) return own.length > 0 ? plain + own.join('') : plain
  const open = plain.endsWith(')') ? `${plain.slice(0, -1)},` : `${plain}(`
  return `${open}${further.join(',')})${own.join('')}`
}

/** The client's variables that a field uses. */
export function addVariablesOf({ arguments: args, directives }: FieldNode, names: string[]): void {
  for (const { value } of args ?? []) addVariables(value, names)
  for (const { name, arguments: given = [] } of directives ?? [])
    if (!isCondition(name.value)) for (const { value } of given) addVariables(value, names)
}

function addVariables(value: ValueNode, names: string[]): void {
  if (value.kind === Kind.VARIABLE) names.push(value.name.value)
  else if (value.kind === Kind.LIST) for (const item of value.values) addVariables(item, names)
  else if (value.kind === Kind.OBJECT) for (const field of value.fields) addVariables(field.value, names)
}
