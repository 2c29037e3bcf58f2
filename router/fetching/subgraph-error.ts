import type { FailureKind } from '../http-client/fetch-failure.ts'
import { isRecord } from '../json/is-record.ts'
import { shortened } from '../shortened.ts'

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
  /**
   * Set if the error concerns a whole fetch. Its fields without data are determined once all data is merged.
   */
  readonly fetch: FailedFetch | null
}

/** A fetch that failed: its query and its path in the plan, with `@` for every element of a list. */
export type FailedFetch = { readonly query: string; readonly base: Path }

export type Path = readonly (string | number)[]

/** Whether a path leads to a selected field of an operation. */
export type IsSelectedPath = (operation: string, path: Path) => boolean

/** Maximum number of errors of one response that are read. */
export const MAX_READ = 100
/** Errors of one answer that are logged. */
export const MAX_LOGGED = 10
/** Maximum length of a path. No operation and no nested list is as deep. */
const MAX_PATH_LENGTH = 500
/** Bound of the indexes in a path, exclusive. */
const MAX_INDEX = 2 ** 31
/** Characters of a message. */
const MAX_MESSAGE_LENGTH = 3_000

/** The one error that stands for a fetch without a usable answer. The kind is for the log alone. */
export function unavailable(kind: FailureKind, fetch: FailedFetch): SubgraphError {
  const isTooLarge = kind === 'request-too-large'
  const message = isTooLarge
    ? 'The request is too large for part of the graph: send shorter variables, or ask for fewer objects at once.'
    : kind === 'timeout'
      ? 'Part of the graph took too long.'
      : 'Part of the graph cannot be reached.'
  const code = isTooLarge ? 'BAD_USER_INPUT' : 'SUBGRAPH_UNAVAILABLE'
  return { message, path: undefined, extensions: { code }, fetch }
}

/**
 * An error that a subgraph answered: catalogue codes keep their message, all else is masked. A path that leads nowhere is
 * dropped: then the error concerns the whole fetch.
 */
export function answeredError(error: unknown, fetch: FailedFetch, leads: IsSelectedPath): SubgraphError {
  const { message, path, extensions } = isRecord(error) ? error : {}
  const { code, retryAfterSeconds } = isRecord(extensions) ? extensions : {}
  const isLocated = isPath(path) && pointsToData(path) && leads(fetch.query, path)
  const located = isLocated ? path : undefined
  const kept = CATALOGUE.has(code) && code !== 'INTERNAL_SERVER_ERROR' && typeof message === 'string'
  return {
    message: kept ? shortened(message, MAX_MESSAGE_LENGTH) : MASKED_MESSAGE,
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

function isPath(value: unknown): value is Path {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_PATH_LENGTH &&
    value.every((part) => typeof part === 'string' || isIndex(part))
  )
}

function isIndex(part: unknown): boolean {
  return typeof part === 'number' && Number.isInteger(part) && part >= 0 && part < MAX_INDEX
}

/** A path that ends at `_entities` itself names no field of the client's. */
function pointsToData(path: Path): boolean {
  return path[0] !== '_entities' || typeof path[1] === 'number'
}
