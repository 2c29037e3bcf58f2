import {
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { IsSelectedPath, Path } from '../fetching/subgraph-error.ts'

/**
 * Maximum number of cached syntax trees of operations. Each error of a response needs the tree of its
 * operation.
 */
const KEPT = 200

type Parsed = {
  readonly root: Selected
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
}

/** A selection set and the type that it is made on; null: not known. */
type Selected = { readonly set: SelectionSetNode; readonly type: GraphQLNamedType | null }

/**
 * A position in a path: the depth of the lists (null: unknown) around the objects, and the selections of
 * these.
 */
type Place = { readonly lists: number | null; readonly selected: readonly Selected[] }

const checks = new WeakMap<GraphQLSchema, IsSelectedPath>()

/**
 * Tests whether the paths of subgraphs' errors lead to a part of the request: a response name of the
 * operation at each level, an index for each list and nowhere else. The lengths of the lists are unknown
 * here.
 * @param schema of the supergraph.
 */
export function errorPathCheck(schema: GraphQLSchema): IsSelectedPath {
  const known = checks.get(schema)
  if (known) return known
  const kept = new LRUCache<string, Parsed>({ max: KEPT })
  const check: IsSelectedPath = (operation, path) => {
    const parsed = kept.get(operation) ?? parsedOperation(operation, schema)
    kept.set(operation, parsed)
    return leads(path, parsed, schema)
  }
  checks.set(schema, check)
  return check
}

function parsedOperation(text: string, schema: GraphQLSchema): Parsed {
  const { definitions } = parse(text, { noLocation: true })
  const fragments = new Map<string, FragmentDefinitionNode>()
  let root: Selected | null = null
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
    if (definition.kind === Kind.OPERATION_DEFINITION)
      root = { set: definition.selectionSet, type: schema.getRootType(definition.operation) ?? null }
  }
  if (!root) throw new Error('a fetch has no operation')
  return { root, fragments }
}

function leads(path: Path, parsed: Parsed, schema: GraphQLSchema): boolean {
  let place: Place = { lists: 0, selected: [parsed.root] }
  for (const part of path) {
    if (typeof part === 'number') {
      if (place.lists === 0) return false
      place = { ...place, lists: place.lists && place.lists - 1 }
    } else {
      if (place.lists !== null && place.lists > 0) return false
      const next = fieldAt(place.selected, part, parsed, schema)
      if (!next) return false
      place = next
    }
  }
  return true
}

function fieldAt(
  selected: readonly Selected[],
  responseName: string,
  { fragments }: Parsed,
  schema: GraphQLSchema,
): Place | null {
  let lists: number | null | undefined
  const below: Selected[] = []
  const visit = ({ set, type }: Selected) => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        if ((selection.alias ?? selection.name).value !== responseName) continue
        const field = fieldOf(type, selection.name.value)
        lists ??= field.lists
        if (selection.selectionSet) below.push({ set: selection.selectionSet, type: field.type })
        continue
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)
      const condition = fragment?.typeCondition?.name.value
      const narrowed = condition === undefined ? type : (schema.getType(condition) ?? null)
      if (fragment) visit({ set: fragment.selectionSet, type: narrowed })
    }
  }
  selected.forEach(visit)
  return lists === undefined ? null : { lists, selected: below }
}

type FieldType = { readonly lists: number | null; readonly type: GraphQLNamedType | null }

function fieldOf(type: GraphQLNamedType | null, name: string): FieldType {
  if (name === '__typename') return { lists: 0, type: null }
  if (name === '_entities') return { lists: 1, type: null }
  const hasFields = isObjectType(type) || isInterfaceType(type)
  const field = hasFields ? type.getFields()[name] : undefined
  return field ? unwrapped(field.type) : { lists: null, type: null }
}

function unwrapped(outer: GraphQLOutputType): FieldType {
  let lists = 0
  let type = outer
  while (isListType(type) || isNonNullType(type)) {
    if (isListType(type)) lists++
    type = type.ofType
  }
  return { lists, type }
}
