// Tested in projection.test.ts: errors are reported while a response is written.

import type { GraphQLCompositeType, GraphQLField } from 'graphql'
import type { DeniedField } from '../../operation/authorization/denied-fields.ts'
import { AnswerErrors } from '../answer-errors.ts'
import { type Faults, reportFaults } from './field-errors.ts'

/** The state of writing one answer: the current path, and the errors so far. */
export type Shaping = {
  /** The client's path: the response names and indexes up to `depth` are valid. */
  readonly path: (string | number)[]
  depth: number
  readonly errors: AnswerErrors
  /** The texts of long lists, by their paths. */
  readonly longLists: Map<string, string | null>
  /** null while no fetch has failed. */
  readonly faults: Faults | null
  /** By field: introspection is answered with these. */
  readonly variables: Readonly<Record<string, unknown>>
}

export function newShaping(faults: Faults | null, variables: Shaping['variables']): Shaping {
  return { path: [], depth: -1, errors: new AnswerErrors(), longLists: new Map(), faults, variables }
}

/** Keeps the errors added so far. */
export function commitErrors({ errors, faults }: Shaping): void {
  errors.commit()
  if (faults) faults.counted.length = 0
}

/** Discards the errors reported since the last `commitErrors`, since they will be reported again. */
export function rollBackErrors({ errors, faults }: Shaping): void {
  errors.rollBack()
  for (const fault of faults?.counted ?? []) fault.places--
  if (faults) faults.counted.length = 0
}

const INTERNAL = { code: 'INTERNAL_SERVER_ERROR' }

function here({ path, depth }: Shaping): (string | number)[] {
  return path.slice(0, depth + 1)
}

/**
 * Reports why the value at the current path is missing: by the faults of its object, or by an error of its
 * own if it is non-null. A value that was never sent has no error of its own if a fetch has failed, which is
 * the reason.
 */
export function reportMissing(
  shaping: Shaping,
  holder: object,
  key: string | number,
  isNull: boolean,
  nonNull: string | null,
): void {
  const { faults, errors } = shaping
  if (faults && reportFaults(faults, holder, key, () => here(shaping), errors)) return
  if (nonNull === null || (faults && !isNull)) return
  errors.add(() => {
    const message = `Cannot return null for non-nullable ${nonNull}.`
    return { message, path: here(shaping), extensions: INTERNAL }
  })
}

/** Reports that the value at the current path is not of its type. */
export function reportInvalid(shaping: Shaping, what: string): void {
  shaping.errors.add(() => ({
    message: `Invalid ${what} was found.`,
    path: here(shaping),
    extensions: INTERNAL,
  }))
}

/** Reports why the type of an object is unknown, or that the value is not an object. */
export function reportUntyped(shaping: Shaping, object: object, what: string): void {
  const { faults, errors } = shaping
  const isTold = faults && reportFaults(faults, object, '__typename', () => here(shaping), errors)
  if (!isTold) reportInvalid(shaping, what)
}

export function reportRefusal(shaping: Shaping, { message, code, isOfObject }: DeniedField): void {
  shaping.errors.add(() => {
    const path = isOfObject ? here(shaping).slice(0, -1) : here(shaping)
    // An error of the root has no path.
    return { message, ...(path.length > 0 && { path }), extensions: { code } }
  })
}

const places = new WeakMap<GraphQLField<unknown, unknown>, string>()

/** A field in words, which all operations share. */
export function placeOf(parent: GraphQLCompositeType, definition: GraphQLField<unknown, unknown>): string {
  const known = places.get(definition)
  if (known !== undefined) return known
  const place = `field ${parent.name}.${definition.name}`
  places.set(definition, place)
  return place
}
