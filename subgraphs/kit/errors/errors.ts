import { unwrapResolverError } from '@apollo/server/errors'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { isOutage } from '../database/outage.ts'

/** All codes that a GraphQL error can have; errors with another code are masked. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'RATE_LIMITED'
  | 'SUBGRAPH_UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR'

const CATALOGUE: ReadonlySet<unknown> = new Set<ErrorCode>([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'BAD_USER_INPUT',
  'RATE_LIMITED',
  'SUBGRAPH_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
])

/** Codes by which Apollo Server reports an invalid request. */
const REQUEST_FAULTS: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
])

export function unauthenticated(): GraphQLError {
  return new GraphQLError('Sign in first.', { extensions: { code: 'UNAUTHENTICATED' } })
}

export function forbidden(): GraphQLError {
  return new GraphQLError('You are not allowed to do this.', { extensions: { code: 'FORBIDDEN' } })
}

/** `message` echoes the bad value and lists what is allowed. */
export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}

/** @param seconds until the next attempt makes sense. */
export function rateLimited(seconds: number): GraphQLError {
  return new GraphQLError(`Too many attempts: try again in ${seconds} s.`, {
    extensions: { code: 'RATE_LIMITED', retryAfterSeconds: seconds },
  })
}

/** The answer in place of an error of a database that is locked, full, read-only or away. */
const UNAVAILABLE =
  'The data cannot be reached now: send the request again, a mutation with the same idempotencyKey.'

/** Whether the caller may see the error unmasked. */
function isExpected(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && CATALOGUE.has(error.extensions.code)
}

/**
 * Formats an error for the response: expected errors and request errors keep their message; a bug is logged
 * by `onBug` and masked, as is an outage of the database, after which the caller may repeat the request. Stack
 * traces are never sent.
 */
export function formatErrors(onBug: (error: unknown) => void) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const { message, path, locations } = formatted
    const cause = unwrapResolverError(error)
    if (isExpected(cause))
      return { message, path, extensions: { ...cause.extensions, stacktrace: undefined } }
    const code = formatted.extensions?.code
    if (REQUEST_FAULTS.has(code)) return { message, locations, path, extensions: { code: 'BAD_USER_INPUT' } }
    if (code === 'BAD_USER_INPUT') return { message, locations, path, extensions: { code } }
    if (code === 'PERSISTED_QUERY_NOT_FOUND' || code === 'PERSISTED_QUERY_NOT_SUPPORTED') {
      return { message, extensions: { code } }
    }
    // graphql-js reports a bad argument during execution without a code, e.g. a variable that a scalar
    // refuses.
    if (cause instanceof GraphQLError && cause.originalError === undefined && path === undefined) {
      return { message, locations, extensions: { code: 'BAD_USER_INPUT' } }
    }
    onBug(cause)
    if (isOutage(cause)) return { message: UNAVAILABLE, path, extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }
    return { message: 'Internal server error.', path, extensions: { code: 'INTERNAL_SERVER_ERROR' } }
  }
}
