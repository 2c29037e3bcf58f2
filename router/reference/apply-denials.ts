// Tested in ../security/authorization.e2e.test.ts: each executor answers operations with refused fields there.

import { GraphQLError, type GraphQLOutputType, isListType, isNonNullType } from 'graphql'
import type { RefusalTree } from '../operation/authorization/denied-field-tree.ts'
import type { DeniedField } from '../operation/authorization/denied-fields.ts'

type Path = readonly (string | number)[]
type Json = Record<string, unknown>
type Walk = { readonly refusals: ReadonlyMap<string, DeniedField>; readonly errors: GraphQLError[] }

/** A null at a non-null position: it propagates to the first nullable one (6.4.4). */
const BUBBLE = Symbol('bubble')

/**
 * Turns the markers in a shaped answer into null, each with an error at its exact path; null propagates as
 * the specification requires. Fields keep the order in which they were selected.
 */
export function applyRefusals(
  data: unknown,
  tree: RefusalTree,
  refusals: ReadonlyMap<string, DeniedField>,
): { readonly data: unknown; readonly errors: readonly GraphQLError[] } {
  const walk: Walk = { refusals, errors: [] }
  const shaped = isObject(data) ? objectAt(data, tree, [], walk) : data
  return { data: shaped === BUBBLE ? null : shaped, errors: walk.errors }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function valueAt(
  value: unknown,
  type: GraphQLOutputType,
  tree: RefusalTree,
  path: Path,
  walk: Walk,
): unknown {
  if (isNonNullType(type)) {
    const inner = valueAt(value, type.ofType, tree, path, walk)
    return inner === null && value !== null ? BUBBLE : inner
  }
  if (isListType(type)) {
    if (!Array.isArray(value)) return value
    const items = value.map((item, index) => valueAt(item, type.ofType, tree, [...path, index], walk))
    return items.includes(BUBBLE) ? null : items
  }
  if (!isObject(value)) return value
  const object = objectAt(value, tree, path, walk)
  return object === BUBBLE ? null : object
}

function objectAt(value: Json, tree: RefusalTree, path: Path, walk: Walk): Json | typeof BUBBLE {
  const object: Json = Object.create(null)
  let bubbles = false
  for (const [name, field] of Object.entries(value)) {
    const refusal = tree.markers.has(name) ? walk.refusals.get(name) : undefined
    const branch = tree.branches.get(name)
    if (refusal) bubbles = refuse(object, value, refusal, path, walk) || bubbles
    else if (branch) {
      object[name] = valueAt(field, branch.type, branch.tree, [...path, name], walk)
      bubbles ||= object[name] === BUBBLE
    } else object[name] = field
  }
  return bubbles ? BUBBLE : object
}

/**
 * Puts null and an error in a marker's place. If the same response name is also selected through a type that
 * the caller may see (an object of a refused interface field), that value stays, and nothing was refused.
 * @returns whether the object becomes null.
 */
function refuse(object: Json, value: Json, refusal: DeniedField, path: Path, { errors }: Walk): boolean {
  const { responseName, code, message, nonNull, isOfObject } = refusal
  const isSelected = Object.hasOwn(value, responseName) || Object.hasOwn(object, responseName)
  if (isSelected && !isOfObject) return false
  object[responseName] = null
  const at = isOfObject ? path : [...path, responseName]
  // An error of the root has no path.
  errors.push(new GraphQLError(message, { ...(at.length > 0 && { path: at }), extensions: { code } }))
  return nonNull
}
