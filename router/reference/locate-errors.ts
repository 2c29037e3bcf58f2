// Tested in ../execution/partial-failure.e2e.test.ts: both executors give the same errors.

import { GraphQLError } from 'graphql'
import { furtherMessage, MAX_PLACES } from '../execution/answer-errors.ts'
import { requestedFields } from '../execution/response/requested-fields.ts'
import { type FailedFetch, MASKED_MESSAGE, type Path } from '../fetching/subgraph-error.ts'
import { isRecord } from '../json/is-record.ts'

/** Stands for every element of a list in a path of a query plan. */
const EACH = '@'

/**
 * Assigns the errors that execution collected to paths of the answer. An error of a whole fetch becomes an
 * error for each null field that the fetch should have filled, up to a maximum, and one with the number of
 * the others. If there is none, it refers to the object that was to be completed.
 */
export function locate(error: GraphQLError, data: unknown): readonly GraphQLError[] {
  const { code, retryAfterSeconds } = error.extensions
  // An error without a failed fetch and a path was found by execution itself. Its message is internal.
  const message = failedFetchOf(error) || error.path ? error.message : MASKED_MESSAGE
  const extensions = retryAfterSeconds === undefined ? { code } : { code, retryAfterSeconds }
  const { paths, further } = pathsOf(error, data)
  const listed = paths.map(
    (path) => new GraphQLError(message, { path: path.length > 0 ? path : undefined, extensions }),
  )
  return further > 0
    ? [...listed, new GraphQLError(furtherMessage(message, further), { extensions })]
    : listed
}

/** The places of one failed fetch up to the maximum, and the number of the others. */
type Places = { readonly paths: readonly Path[]; readonly further: number }

function pathsOf(error: GraphQLError, data: unknown): Places {
  if (error.path) return { paths: [existing(data, error.path)], further: 0 }
  const fetch = failedFetchOf(error)
  if (!fetch) return { paths: [[]], further: 0 }
  const filled = [...requestedFields(fetch.query).nodes].filter(
    ([, [node]]) => node?.name.value !== '__typename',
  )
  const wanted = filled.map(([name]) => [...fetch.base, name])
  const nulls = wanted.flatMap((path) => nullsAt(data, path))
  if (nulls.length > 0)
    return { paths: nulls.slice(0, MAX_PLACES), further: Math.max(0, nulls.length - MAX_PLACES) }
  const [above] = wanted.flatMap((path) => nullAbove(data, path) ?? [])
  return { paths: [above ?? existing(data, fetch.base)], further: 0 }
}

/** Execution keeps the error of a fetch as the original of its own error. */
function failedFetchOf({ originalError }: GraphQLError): FailedFetch | null {
  // SubgraphErrors are the only errors that fetches give; everything else here is an Error without `fetch`.
  const { fetch } = (originalError ?? {}) as { readonly fetch?: FailedFetch | null }
  return fetch ?? null
}

/** The nulls at a path of the plan. */
function nullsAt(value: unknown, [head, ...rest]: Path, at: Path = []): readonly Path[] {
  if (head === undefined) return value === null ? [at] : []
  if (head === EACH)
    return Array.isArray(value)
      ? value.flatMap((element, index) => nullsAt(element, rest, [...at, index]))
      : []
  return isRecord(value) && Object.hasOwn(value, head) ? nullsAt(value[head], rest, [...at, head]) : []
}

/** The first null in place of an object on the way; in a list, an array of one path or none. */
function nullAbove(value: unknown, [head, ...rest]: Path): readonly [Path] | null {
  if (value === null) return [[]]
  if (head === undefined) return null
  if (head !== EACH) {
    const below = isRecord(value) && Object.hasOwn(value, head) ? nullAbove(value[head], rest) : null
    return below && [[head, ...below[0]]]
  }
  if (!Array.isArray(value)) return null
  for (const [index, element] of value.entries()) {
    const below = nullAbove(element, rest)
    if (below) return [[index, ...below[0]]]
  }
  return null
}

/** The part of a path that exists in the answer, which lacks fields that only fetches need. */
function existing(data: unknown, path: Path): Path {
  let value = data
  for (const [depth, part] of path.entries()) {
    if (value === null || value === undefined) return path.includes(EACH) ? path.slice(0, depth) : path
    const known = Array.isArray(value) ? typeof part === 'number' : Object.hasOwn(value, part)
    if (!known) return path.slice(0, depth)
    // Both lists and objects answer to their own keys.
    value = (value as Record<string | number, unknown>)[part]
  }
  return path
}
