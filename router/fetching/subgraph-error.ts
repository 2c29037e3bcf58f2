import { isExactNumber } from '../json/exact-number.ts'
import type { FailureKind } from './fetch-failure.ts'

/** The codes that a client may see; a subgraph's other codes become INTERNAL_SERVER_ERROR. */
export const CATALOGUE: ReadonlySet<unknown> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'RATE_LIMITED',
  'SUBGRAPH_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
])

export const MASKED_MESSAGE = 'Internal server error.'

/** An error of a fetch, as `executeQueryPlan` takes it: `path` is relative to the fetch, as a subgraph's own is. */
type SubgraphError = {
  readonly message: string
  readonly path: Path | undefined
  readonly extensions: Readonly<Record<string, unknown>>
  /** Set where the error concerns a whole fetch: to find out, once all is merged, which field went without. */
  readonly fetch: FailedFetch | null
}

/** What was asked, and where in the answer it was to go: a path of the plan, `@` for every element of a list. */
export type FailedFetch = { readonly query: string; readonly base: Path }

export type Path = readonly (string | number)[]

/** The one error that stands for a fetch without a usable answer. The kind is for the log alone. */
export function unavailable(kind: FailureKind, fetch: FailedFetch): SubgraphError {
  const message =
    kind === 'timeout' ? 'Part of the graph took too long.' : 'Part of the graph cannot be reached.'
  return { message, path: undefined, extensions: { code: 'SUBGRAPH_UNAVAILABLE' }, fetch }
}

/** An error that a subgraph answered: catalogue codes keep their message, all else is masked. */
export function answeredError(error: unknown, fetch: FailedFetch): SubgraphError {
  const { message, path, extensions } = isRecord(error) ? error : {}
  const { code, retryAfterSeconds } = isRecord(extensions) ? extensions : {}
  const located = isPath(path) && pointsToData(path) ? path : undefined
  const kept = CATALOGUE.has(code) && code !== 'INTERNAL_SERVER_ERROR' && typeof message === 'string'
  return {
    message: kept ? message : MASKED_MESSAGE,
    path: located,
    extensions: {
      code: kept ? code : 'INTERNAL_SERVER_ERROR',
      ...(kept && code === 'RATE_LIMITED' && typeof retryAfterSeconds === 'number'
        ? { retryAfterSeconds }
        : {}),
    },
    fetch: located ? null : fetch,
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
}

function isPath(value: unknown): value is Path {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((part) => typeof part === 'string' || typeof part === 'number')
  )
}

/** A path that ends at `_entities` itself names no field of the client's. */
function pointsToData(path: Path): boolean {
  return path[0] !== '_entities' || typeof path[1] === 'number'
}
