import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { CATALOGUE, MASKED_MESSAGE } from '../fetching/subgraph-error.ts'
import { TOO_EXPENSIVE } from '../operation/cost/cost-limit.ts'
import type { Log } from '../telemetry/log.ts'

/** Codes of Apollo Server for errors of the request itself. */
const REQUEST_FAULTS: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
])
/** Codes that the protocol of persisted queries requires. */
const PROTOCOL = new Set<unknown>(['PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED'])

/** Formats every GraphQL error for the response: it has a code of the catalogue, or is masked and logged. */
export function formatErrors(log: Log) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const { message, locations, path, extensions } = formatted
    const { code, retryAfterSeconds } = extensions ?? {}
    if (code === TOO_EXPENSIVE) return { message, extensions }
    if (PROTOCOL.has(code)) return { message, extensions: { code } }
    if (REQUEST_FAULTS.has(code) || isRefusedByStatus(error)) {
      return { message, locations, path, extensions: { code: 'BAD_USER_INPUT' } }
    }
    const isOurs = error instanceof GraphQLError && CATALOGUE.has(error.extensions.code)
    if (isOurs) {
      return {
        message,
        locations,
        path,
        extensions: retryAfterSeconds === undefined ? { code } : { code, retryAfterSeconds },
      }
    }
    log.error(
      { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      'a request failed',
    )
    return { message: MASKED_MESSAGE, path, extensions: { code: 'INTERNAL_SERVER_ERROR' } }
  }
}

/** Apollo Server gives some errors of the request only a 4xx status, and no code. */
function isRefusedByStatus(error: unknown): boolean {
  if (!(error instanceof GraphQLError) || error.extensions.code !== undefined) return false
  // Its convention is `extensions.http`, which it removes from errors that it formats.
  const { status = 0 } = (error.extensions.http ?? {}) as { readonly status?: number }
  return status >= 400 && status < 500
}
