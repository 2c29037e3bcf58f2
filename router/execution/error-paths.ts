import { GraphQLError } from 'graphql'
import { type FailedFetch, isRecord, MASKED_MESSAGE, type Path } from '../fetching/subgraph-error.ts'
import { responseNames } from './response-names.ts'

/** Stands for every element of a list in a path of a query plan. */
const EACH = '@'

/**
 * Gives an error that execution collected a path of the answer. One that concerns a whole fetch points to the first
 * field that this fetch should have filled and that is null; where there is none, to what was to be completed.
 */
export function locate(error: GraphQLError, data: unknown): GraphQLError {
  const { code, retryAfterSeconds } = error.extensions
  const path = pathOf(error, data)
  // What carries no failed fetch and no path is a fault found by execution itself: its words are internals.
  const message = failedFetchOf(error) || error.path ? error.message : MASKED_MESSAGE
  return new GraphQLError(message, {
    path: path.length > 0 ? path : undefined,
    extensions: retryAfterSeconds === undefined ? { code } : { code, retryAfterSeconds },
  })
}

function pathOf(error: GraphQLError, data: unknown): Path {
  if (error.path) return existing(data, error.path)
  const fetch = failedFetchOf(error)
  if (!fetch) return []
  const filled = [...responseNames(fetch.query)].filter(([, field]) => field !== '__typename')
  const wanted = filled.map(([name]) => [...fetch.base, name])
  const nulls = [
    ...wanted.map((path) => nullAt(data, path, false)),
    ...wanted.map((path) => nullAt(data, path, true)),
  ]
  return nulls.find((path) => path !== null) ?? existing(data, fetch.base)
}

/** Execution keeps the error that the fetch gave it as the original of the one that it makes. */
function failedFetchOf({ originalError }: GraphQLError): FailedFetch | null {
  // SubgraphErrors are the only errors that fetches give; everything else here is an Error without `fetch`.
  const { fetch } = (originalError ?? {}) as { readonly fetch?: FailedFetch | null }
  return fetch ?? null
}

/** The first null at a path of the plan; with `above`, also one that stands in the place of an object on the way. */
function nullAt(value: unknown, [head, ...rest]: Path, above: boolean): Path | null {
  if (value === null) return head === undefined || above ? [] : null
  if (head === undefined) return null
  if (head !== EACH) {
    const below = isRecord(value) && Object.hasOwn(value, head) ? nullAt(value[head], rest, above) : null
    return below && [head, ...below]
  }
  if (!Array.isArray(value)) return null
  for (const [index, element] of value.entries()) {
    const below = nullAt(element, rest, above)
    if (below) return [index, ...below]
  }
  return null
}

/** As much of a path as the answer has: it lacks fields that were fetched only to fetch others. */
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
