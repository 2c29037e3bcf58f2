import {
  type DirectiveNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { Operation } from '../operation.ts'
import type { Condition } from './term.ts'

/** A selection set, where it is selected at all. */
export type Source = { readonly set: SelectionSetNode; readonly when: Condition }

/** A field as one of several fragments selects it. */
export type Selected = {
  readonly node: FieldNode
  /** The type that it is selected of. */
  readonly parent: GraphQLCompositeType
  readonly when: Condition
}

/** Fields with one response name, of one object: they are one field of the answer. */
export type FieldGroup = { readonly key: string; readonly selected: readonly Selected[] }

type Entry = Selected & {
  /** Of the possible types, those whose objects have it; null: all. */
  readonly of: ReadonlySet<GraphQLObjectType> | null
}

/**
 * The fields that objects of a type can have: one list for each distinct set of fields among its possible types, which for
 * an object type is one. Fields are merged by response name (GraphQL, section 6.3.2).
 */
export function collectFields(
  parent: GraphQLCompositeType,
  sources: readonly Source[],
  schema: GraphQLSchema,
  fragments: Operation['fragments'],
): readonly (readonly FieldGroup[])[] {
  const entries: Entry[] = []
  const possible = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [parent]
  const collector: Collector = { schema, fragments, entries, seen: new Set() }
  for (const { set, when } of sources) collect(collector, set, { parent, of: null, when })
  if (entries.every(({ of }) => of === null)) return [grouped(entries)]
  const lists = new Map<string, readonly Entry[]>()
  for (const type of possible) {
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
  readonly schema: GraphQLSchema
  readonly fragments: Operation['fragments']
  readonly entries: Entry[]
  /** Fragments that were spread here in the same place already add nothing. */
  readonly seen: Set<string>
}

type Place = Omit<Entry, 'node'>

function collect(collector: Collector, { selections }: SelectionSetNode, place: Place): void {
  for (const selection of selections) {
    const when = within(place.when, selection)
    if (!when) continue
    if (selection.kind === Kind.FIELD) {
      collector.entries.push({ ...place, node: selection, when })
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

/** What `@skip` and `@include` of a selection add to a condition; null: it is never met. */
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
