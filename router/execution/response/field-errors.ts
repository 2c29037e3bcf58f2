import type { GraphQLFormattedError } from 'graphql'
import type { DataKeys } from '../../operation/response-keys.ts'
import { type AnswerErrors, furtherMessage, MAX_PLACES } from '../answer-errors.ts'
import { isObject, type Json } from '../own-property.ts'
import type { IsOfType } from '../type-names.ts'
import type { RequestedFields } from './requested-fields.ts'

/** Maximum number of characters of an answer that is parsed for its errors' paths. */
const MAX_READ = 1_000_000

type Path = readonly (string | number)[]

/** An error for the client whose place in the answer is not known yet. */
export type Fault = {
  readonly message: string
  readonly extensions: Readonly<Record<string, unknown>>
  /** Whether it concerns a whole fetch: each place that it left null has an error, up to a maximum. */
  readonly ofFetch: boolean
  /** The path of the error if no field of the response shows it; null: it is not reported. */
  readonly fallback: Path | null
  /** Root fields that get the error if no field below shows it: other subgraphs may share them. */
  readonly roots: readonly string[]
  /** Paths of an error that is reported only if the response has any data; null: it is always reported. */
  readonly pending: Path[] | null
  /** Number of places in the answer that it left null. */
  places: number
}

type Mark = {
  readonly fault: Fault
  /** The key without a value, or any of these keys. */
  readonly keys: string | number | RequestedFields
  /** Rest of the subgraph's path below that key. */
  readonly rest: Path
  /** Fields that the request selects of the objects under a single key; null if they are not lost with it. */
  readonly below: RequestedFields | null
}

/**
 * The errors of one request, pinned to the objects of the merged data that they left incomplete. The projection meets
 * them there, at every place of the answer that shows the object, under the client's names.
 */
export type Faults = {
  readonly all: Fault[]
  /** Faults whose places were counted since the last commit. */
  readonly counted: Fault[]
  /** Number of subgraphs' errors that were not read, since there were too many. */
  unread: number
  readonly marks: Map<object, Mark[]>
  readonly keys: Pick<DataKeys, 'responseNameOf'>
}

export function newFaults(keys: Faults['keys']): Faults {
  return { all: [], counted: [], unread: 0, marks: new Map(), keys }
}

/** Pins a fault to any of the keys of an object. */
export function markKeys(faults: Faults, object: object, keys: RequestedFields, fault: Fault): void {
  addMark(faults, object, { fault, keys, rest: [], below: null })
}

/**
 * Pins a fault to the last object on a subgraph's path, at the key where it ends, or where the data ends.
 * @param fields that the request asks of the object; null where the subgraph sent what the path leads to.
 */
export function markPath(
  faults: Faults,
  object: Json,
  path: Path,
  fault: Fault,
  fields: RequestedFields | null = null,
): void {
  let holder: Json | unknown[] = object
  let below = fields
  for (const [depth, key] of path.entries()) {
    if (typeof key === 'string') below = below?.below(key) ?? null
    const value: unknown = Array.isArray(holder)
      ? typeof key === 'number'
        ? holder[key]
        : undefined
      : Object.hasOwn(holder, key)
        ? holder[key]
        : undefined
    const goesOn = depth < path.length - 1 && (isObject(value) || Array.isArray(value))
    if (!goesOn) {
      addMark(faults, holder, { fault, keys: key, rest: path.slice(depth + 1), below })
      return
    }
    holder = value
  }
}

function addMark({ marks }: Faults, object: object, mark: Mark): void {
  const known = marks.get(object)
  if (known) known.push(mark)
  else marks.set(object, [mark])
}

/**
 * Pins each fault to the objects below those that the failed request, or its failed field, should have filled: another
 * subgraph may have brought an object that is shared, without the fields that only the failed one has.
 */
export function pinBelow(faults: Faults, isOfType: IsOfType): void {
  for (const [object, marks] of [...faults.marks]) {
    for (const [place, mark] of [...marks.entries()]) {
      const { fault, keys, below } = mark
      if (typeof keys === 'object') {
        if (!isObject(object)) continue
        const fields = fieldsOf(object, keys, isOfType)
        marks[place] = { ...mark, keys: fields }
        pinToValues(faults, object, fields, fault, isOfType)
      } else if (below && Object.hasOwn(object, keys))
        // The key of an object, or the index of a list.
        pinToValue(faults, (object as Json)[keys], below, fault, isOfType)
    }
  }
}

/** The fields that a request asks of an object: a null in another one is a value. */
function fieldsOf({ __typename }: Json, fields: RequestedFields, isOfType: IsOfType): RequestedFields {
  return typeof __typename === 'string' ? fields.of(__typename, isOfType) : fields
}

function pinToValues(
  faults: Faults,
  object: Json,
  fields: RequestedFields,
  fault: Fault,
  isOfType: IsOfType,
): void {
  for (const [key, nodes] of fields.nodes) {
    const isLeaf = nodes.every(({ selectionSet }) => !selectionSet)
    if (!isLeaf && Object.hasOwn(object, key))
      pinToValue(faults, object[key], fields.below(key), fault, isOfType)
  }
}

function pinToValue(
  faults: Faults,
  value: unknown,
  asked: RequestedFields,
  fault: Fault,
  isOfType: IsOfType,
): void {
  if (Array.isArray(value)) for (const item of value) pinToValue(faults, item, asked, fault, isOfType)
  else if (isObject(value)) {
    const fields = fieldsOf(value, asked, isOfType)
    // An object that several lists hold is met several times.
    const isPinned = faults.marks.get(value)?.some((mark) => mark.fault === fault && mark.keys === fields)
    if (isPinned) return
    markKeys(faults, value, fields, fault)
    pinToValues(faults, value, fields, fault, isOfType)
  }
}

/** Whether a mark is of a key. */
function isOf({ keys }: Mark, key: string | number): boolean {
  return keys === key || (typeof keys === 'object' && typeof key === 'string' && keys.has(key))
}

/** The faults that explain why an object has nothing under a key. */
export function faultsAt({ marks }: Faults, object: object, key: string | number): readonly Fault[] {
  const known = marks.get(object)
  return known ? known.filter((mark) => isOf(mark, key)).map(({ fault }) => fault) : []
}

/**
 * Reports the errors that explain why an object has no value for a key.
 * @param here returns the path of that place in the client's response
 * @returns whether there are any.
 */
export function reportFaults(
  { marks, counted, keys: names }: Faults,
  object: object,
  key: string | number,
  here: () => Path,
  errors: AnswerErrors,
): boolean {
  let found = false
  for (const mark of marks.get(object) ?? []) {
    if (!isOf(mark, key)) continue
    const { fault, rest } = mark
    found = true
    // Overwrites places that were rolled back.
    if (fault.pending && fault.places < MAX_PLACES) fault.pending[fault.places] = here()
    fault.places++
    counted.push(fault)
    if (fault.pending) continue
    if (fault.ofFetch && fault.places > MAX_PLACES) continue
    errors.add(() => errorOf(fault, [...here(), ...clientPath(rest, names)]))
  }
  return found
}

/**
 * All errors of an answer, with the faults that nothing in it showed, of fields that only other fetches needed, or below a
 * null, and with the numbers of those that are not listed.
 * @param answer the text of `data`; null where nothing is left of it.
 */
export function withRest(
  { all, unread, keys }: Faults,
  errors: AnswerErrors,
  answer: string | null,
): readonly GraphQLFormattedError[] {
  let data: unknown
  const addAt = (fault: Fault, dataPath: Path) =>
    errors.add(() => {
      const path = clientPath(dataPath, keys)
      if (answer === null || path.length === 0) return errorOf(fault, path)
      if (answer.length > MAX_READ) return errorOf(fault, [])
      data ??= JSON.parse(answer)
      return errorOf(fault, asFarAsAsked(path, data))
    })
  const counts: GraphQLFormattedError[] = []
  for (const fault of all) {
    if (fault.pending) {
      if (answer === null) continue
      const places = fault.pending.slice(0, fault.places)
      for (const path of places) errors.add(() => errorOf(fault, path))
      const told = new Set(places.map(([root]) => root))
      for (const root of fault.roots) if (!told.has(keys.responseNameOf(root))) addAt(fault, [root])
    }
    if (fault.ofFetch && fault.places > MAX_PLACES) counts.push(countOf(fault))
    if (fault.places === 0 && fault.fallback) addAt(fault, fault.fallback)
  }
  errors.leaveOut(unread)
  return errors.all(counts)
}

function countOf({ message, extensions, places }: Fault): GraphQLFormattedError {
  return { message: furtherMessage(message, places - MAX_PLACES), extensions }
}

/** A path up to the first name that the client did not select, which is in no answer. */
function asFarAsAsked(path: Path, data: unknown): Path {
  let value = data
  for (const [depth, name] of path.entries()) {
    if (!isObject(value)) return path
    if (!Object.hasOwn(value, name)) return path.slice(0, depth)
    value = value[name]
  }
  return path
}

const clientPath = (path: Path, keys: Faults['keys']): Path =>
  path.map((part) => (typeof part === 'string' ? keys.responseNameOf(part) : part))

function errorOf({ message, extensions }: Fault, path: Path): GraphQLFormattedError {
  return path.length > 0 ? { message, path, extensions } : { message, extensions }
}
