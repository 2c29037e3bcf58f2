import { answeredError, type IsSelectedPath, MAX_READ, unavailable } from '../../fetching/subgraph-error.ts'
import type { FailureKind } from '../../http-client/fetch-failure.ts'
import type { PlanPath } from '../../planning/plan.ts'
import type { Json } from '../own-property.ts'
import { type Fault, type Faults, markKeys, markPath } from './field-errors.ts'
import { type RequestedFields, requestedFields } from './requested-fields.ts'

/** One part of a request: `_entities` under an alias with the objects it completes, or root fields. */
export type Filled = {
  /** null: the fields are those of the root. */
  readonly alias: string | null
  /** The objects that are completed, in the order of `indexes`. */
  readonly objects: readonly Json[]
  /** The index of each object's representation; null: all have the same. */
  readonly indexes: readonly number[] | null
  readonly path: PlanPath
  /** Data keys of fields that were requested under other names, by those names; null if there are none. */
  readonly renamed: Renamed | null
}

/**
 * Maximum number of errors without a path in one subgraph response that are reported at every null field that
 * they may explain.
 */
export const MAX_SPREAD = 10

type ErrorPath = readonly (string | number)[]

export type Renamed = ReadonlyMap<string, string>

/** Assigns one error to all fields that a failed request should have filled. */
export function markFailure(
  faults: Faults,
  kind: FailureKind,
  operation: string,
  filled: readonly Filled[],
): void {
  const [first] = filled
  const { message, extensions } = unavailable(kind, { query: operation, base: [] })
  const fault = newFault(faults, message, extensions, true, startOf(first?.path ?? []))
  for (const part of filled) markAll(faults, part, operation, fault)
}

/** Assigns a fault to all fields that one part of a request should have filled. */
function markAll(faults: Faults, { objects, renamed }: Filled, operation: string, fault: Fault): void {
  const fields = requestedFields(operation, renamed)
  for (const object of objects) markKeys(faults, object, fields, fault)
}

/**
 * Assigns the errors of a response to the fields that they left without data.
 * @param data null: an error in one field left all others of the request without data (section 6.4.4).
 */
export function markAnswered(
  faults: Faults,
  errors: readonly unknown[],
  data: Json | null,
  operation: string,
  filled: readonly Filled[],
  leads: IsSelectedPath,
): void {
  faults.unread += Math.max(0, errors.length - MAX_READ)
  const named = new Set<unknown>()
  let spread = 0
  const lost: LostEntities = new Map()
  for (const error of errors.slice(0, MAX_READ)) {
    const { message, path, extensions, fetch } = answeredError(error, { query: operation, base: [] }, leads)
    const [head, second] = path ?? []
    const part = filled.find(({ alias }) => alias !== null && alias === head)
    const isLocated = !fetch && path && (part ? typeof second === 'number' : filled[0]?.alias === null)
    if (!isLocated) {
      const fault = newFault(faults, message, extensions, true, startOf((part ?? filled[0])?.path ?? []))
      // Further ones are reported once each.
      if (spread++ < MAX_SPREAD)
        for (const one of part ? [part] : filled) markAll(faults, one, operation, fault)
    } else {
      markLocated(faults, { message, extensions }, path, part ?? filled[0], operation, isLost(data, path))
      // An error of the whole entity is that of each field already.
      if (part && path.length > 2 && isNull(data, part, second))
        addLost(lost, part, path, { message, extensions })
    }
    named.add(isLocated || part ? head : EVERYTHING)
  }
  markLost(faults, lost, operation)
  if (data === null && !named.has(EVERYTHING)) markSiblings(faults, errors[0], named, operation, filled)
}

type ErrorText = Pick<Fault, 'message' | 'extensions'>

/** Entities that an error in a non-null field left without any data: by part and index, one such error, and the fields that have their own. */
type LostEntities = Map<Filled, Map<unknown, { readonly error: ErrorText; readonly named: Set<unknown> }>>

function isNull(data: Json | null, { alias }: Filled, index: unknown): boolean {
  const entities = data === null || alias === null ? null : data[alias]
  return Array.isArray(entities) && typeof index === 'number' && entities[index] === null
}

function addLost(lost: LostEntities, part: Filled, [, index, field]: ErrorPath, error: ErrorText): void {
  const entities = lost.get(part) ?? new Map()
  lost.set(part, entities)
  const entity = entities.get(index) ?? { error, named: new Set() }
  entities.set(index, entity)
  entity.named.add(field)
}

/**
 * Assigns the error of a lost entity to its other fields. The client may not have selected the failed field,
 * which other fetches require.
 */
function markLost(faults: Faults, lost: LostEntities, operation: string): void {
  for (const [part, entities] of lost) {
    for (const [index, { error, named }] of entities) {
      const fault = newSiblingFault(faults, error)
      const left = unnamedFields(operation, named, part)
      for (const object of objectsOf(part, index)) markKeys(faults, object, left, fault)
    }
  }
}

/**
 * Fields of a request without those to which errors refer.
 * @param named the response names in the subgraph request
 */
function unnamedFields(operation: string, named: ReadonlySet<unknown>, { renamed }: Filled): RequestedFields {
  const namedKeys = new Set(
    [...named].map((name) => (typeof name === 'string' && renamed?.get(name)) || name),
  )
  return without(requestedFields(operation, renamed), namedKeys)
}

function without(fields: RequestedFields, keys: ReadonlySet<unknown>): RequestedFields {
  return {
    nodes: new Map([...fields.nodes].filter(([key]) => !keys.has(key))),
    has: (key) => fields.has(key) && !keys.has(key),
    of: (typename, isOfType) => without(fields.of(typename, isOfType), keys),
    below: (key) => fields.below(key),
  }
}

/** Marks an error without a path: it concerns all fields of its request. */
const EVERYTHING = Symbol('everything')

/**
 * Assigns the first of some errors to all fields of a request without data, except those to which the errors
 * refer.
 */
function markSiblings(
  faults: Faults,
  error: unknown,
  named: ReadonlySet<unknown>,
  operation: string,
  filled: readonly Filled[],
): void {
  const { message, extensions } = answeredError(error, { query: operation, base: [] }, () => true)
  const [first] = filled
  const isOfRoot = first?.alias === null && first.path.length === 0
  const roots = isOfRoot ? [...unnamedFields(operation, named, first).nodes.keys()] : []
  const fault = newSiblingFault(faults, { message, extensions }, roots)
  for (const part of filled) {
    if (part.alias === null) {
      const left = unnamedFields(operation, named, part)
      for (const object of part.objects) markKeys(faults, object, left, fault)
    } else if (!named.has(part.alias)) markAll(faults, part, operation, fault)
  }
}

/** Whether a subgraph's data has nothing at a path. */
function isLost(data: unknown, path: ErrorPath): boolean {
  let value = data
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return true
    // Checked on the line above.
    value = (value as Json)[key]
  }
  return value === null
}

function markLocated(
  faults: Faults,
  { message, extensions }: ErrorText,
  path: ErrorPath,
  part: Filled | undefined,
  operation: string,
  isLost: boolean,
): void {
  if (!part) return
  const below = part.alias === null ? path : path.slice(2)
  const { renamed } = part
  const rest = renamed
    ? below.map((name) => (typeof name === 'string' ? (renamed.get(name) ?? name) : name))
    : below
  const fields = requestedFields(operation, renamed)
  // A null beside it may end the answer before this field: its own name still says where it was.
  const [root] = rest
  const isRootField = part.path.length === 0 && typeof root === 'string' && fields.has(root)
  const start = isRootField ? [root] : startOf(part.path)
  const fault = newFault(faults, message, extensions, false, start)
  for (const object of part.alias === null ? part.objects : objectsOf(part, path[1])) {
    if (rest.length === 0) markKeys(faults, object, fields, fault)
    else markPath(faults, object, rest, fault, isLost ? fields : null)
  }
}

/** By part, the objects that each representation stands for: gone through once, however many errors there are. */
const objectsByIndex = new WeakMap<Filled, ReadonlyMap<number, readonly Json[]>>()

function objectsOf(part: Filled, index: unknown): readonly Json[] {
  let objects = objectsByIndex.get(part)
  if (!objects) {
    const grouped = Map.groupBy(part.objects, (_, position) => part.indexes?.[position] ?? -1)
    // An object that is in several lists is collected for each of them, and reported once.
    objects = new Map([...grouped].map(([index, all]) => [index, [...new Set(all)]]))
    objectsByIndex.set(part, objects)
  }
  return (typeof index === 'number' && index >= 0 && objects.get(index)) || []
}

function newFault(
  { all }: Faults,
  message: string,
  extensions: Fault['extensions'],
  ofFetch: boolean,
  fallback: Fault['fallback'],
): Fault {
  const fault: Fault = { message, extensions, ofFetch, fallback, roots: [], pending: null, places: 0 }
  all.push(fault)
  return fault
}

/** A fault of fields that did not fail themselves. */
function newSiblingFault({ all }: Faults, error: ErrorText, roots: readonly string[] = []): Fault {
  const fault: Fault = { ...error, ofFetch: true, fallback: null, roots, pending: [], places: 0 }
  all.push(fault)
  return fault
}

/** The start of a path that leads to a single place. */
function startOf(path: PlanPath): readonly string[] {
  const names: string[] = []
  for (const step of path) {
    if (step.kind === 'each') break
    if (step.kind === 'field') names.push(step.name)
  }
  return names
}
