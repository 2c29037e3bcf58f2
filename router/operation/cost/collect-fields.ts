import {
  type DirectiveNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql'
import type { Operation } from '../operation.ts'
import type { Field } from './annotations.ts'
import type { SchemaCosts } from './schema-costs.ts'
import type { Condition } from './term.ts'

/** A selection set, and the condition under which it is selected. */
export type Source = { readonly set: SelectionSetNode; readonly when: Condition }

/** A field as it is selected by one of several fragments. */
export type Selected = {
  readonly node: FieldNode
  /** The type on which it is selected. */
  readonly parent: GraphQLCompositeType
  readonly when: Condition
}

/** Fields of one object with the same response name, which are one field of the answer. */
export type FieldGroup = { readonly key: string; readonly selected: readonly Selected[] }

type Entry = Selected & {
  /** Possible types whose objects have the field; null for all. */
  readonly of: ReadonlySet<GraphQLObjectType> | null
}

/**
 * The fields that objects of a type can have, without those that cost nothing: one list for each distinct set
 * of fields among its possible types; an object type has one list. Fields are merged by response name
 * (GraphQL, section 6.3.2).
 */
export function collectFields(
  parent: GraphQLCompositeType,
  sources: readonly Source[],
  costs: SchemaCosts,
  fragments: Operation['fragments'],
): readonly (readonly FieldGroup[])[] {
  const { schema } = costs
  const entries: Entry[] = []
  const collector: Collector = { costs, schema, fragments, entries, seen: new Set() }
  for (const { set, when } of sources) collect(collector, set, { parent, of: null, when })
  if (entries.every(({ of }) => of === null)) return [grouped(entries)]
  const lists = new Map<string, readonly Entry[]>()
  for (const type of objectsOf(parent, schema)) {
    let signature = ''
    const own = entries.filter(({ of }) => {
      const has = of === null || of.has(type)
      signature += has ? '1' : '0'
      return has
    })
    if (!lists.has(signature)) lists.set(signature, own)
  }
  return [...lists.values()].map(grouped)
}

type Collector = {
  readonly costs: SchemaCosts
  readonly schema: GraphQLSchema
  readonly fragments: Operation['fragments']
  readonly entries: Entry[]
  /** Fragments that are already spread at the same place add nothing. */
  readonly seen: Set<string>
}

type Place = Omit<Entry, 'node'>

function collect(collector: Collector, { selections }: SelectionSetNode, place: Place): void {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD && isFree(selection, place.parent, collector.costs)) continue
    const when = within(place.when, selection)
    if (!when) continue
    if (selection.kind === Kind.FIELD) {
      collector.entries.push({ node: selection, parent: place.parent, of: place.of, when })
      continue
    }
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? collector.fragments[selection.name.value] : selection
    if (!fragment) continue
    const narrowed = narrow(collector, { ...place, when }, fragment.typeCondition?.name.value)
    if (!narrowed || isRepeated(collector, selection, narrowed)) continue
    collect(collector, fragment.selectionSet, narrowed)
  }
}

function isRepeated({ seen }: Collector, selection: SelectionNode, { parent, of, when }: Place): boolean {
  if (selection.kind !== Kind.FRAGMENT_SPREAD) return false
  const types = of && [...of].map(({ name }) => name)
  const place = JSON.stringify([selection.name.value, parent.name, types, when])
  if (seen.has(place)) return true
  seen.add(place)
  return false
}

/** Most fields are free: scalars without arguments and weights. */
function isFree(node: FieldNode, parent: GraphQLCompositeType, costs: SchemaCosts): boolean {
  if (node.selectionSet || (node.arguments && node.arguments.length > 0)) return false
  const field = definitionOf(parent, node.name.value, costs.schema)
  if (!field) return true
  const { weight, sizes, requires } = costs.fieldCost(parent, field)
  return weight === 0 && requires.size === 0 && sizes.every((size) => size === undefined)
}

/** undefined for `__typename`, which costs nothing. */
export function definitionOf(
  parent: GraphQLCompositeType,
  name: string,
  schema: GraphQLSchema,
): Field | undefined {
  if (name.startsWith('__') && parent === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef
  }
  return 'getFields' in parent ? parent.getFields()[name] : undefined
}

/** null: no object is of all these types. */
function narrow({ schema }: Collector, place: Place, condition: string | undefined): Place | null {
  const type = condition === undefined ? undefined : schema.getType(condition)
  if (!type || !isCompositeType(type) || type === place.parent) return place
  const members = isAbstractType(type) ? schema.getPossibleTypes(type) : [type]
  const outer = place.of ?? objectsOf(place.parent, schema)
  const of = new Set(members.filter((member) => outer.has(member)))
  if (of.size === 0) return null
  return { ...place, parent: type, of: of.size === outer.size ? place.of : of }
}

function objectsOf(type: GraphQLCompositeType, schema: GraphQLSchema): ReadonlySet<GraphQLObjectType> {
  return new Set(isAbstractType(type) ? schema.getPossibleTypes(type) : [type])
}

function grouped(entries: readonly Entry[]): readonly FieldGroup[] {
  const groups = new Map<string, Selected[]>()
  for (const entry of entries) {
    const key = entry.node.alias?.value ?? entry.node.name.value
    const group = groups.get(key)
    if (group) group.push(entry)
    else groups.set(key, [entry])
  }
  return [...groups].map(([key, selected]) => ({ key, selected }))
}

/** Condition of a selection's `@skip` and `@include`, added to an outer one; null if it is never met. */
function within(when: Condition, { directives }: SelectionNode): Condition | null {
  if (!directives || directives.length === 0) return when
  let all = when
  for (const directive of directives) {
    const is = directive.name.value === 'include'
    if (!is && directive.name.value !== 'skip') continue
    const value = ifOf(directive)
    if (value?.kind === Kind.BOOLEAN && value.value !== is) return null
    if (value?.kind !== Kind.VARIABLE) continue
    const variable = value.name.value
    const known = all.find((literal) => literal.variable === variable)
    if (known && known.is !== is) return null
    if (!known) all = [...all, { variable, is }]
  }
  return all
}

function ifOf({ arguments: given }: DirectiveNode) {
  return given?.find(({ name }) => name.value === 'if')?.value
}
