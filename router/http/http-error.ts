import type { GraphQLFormattedError } from 'graphql'

/** A request that ends at the stage that throws this. Its answer has the form of a GraphQL response too. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly errors: readonly GraphQLFormattedError[]
  /** Flat pairs, as `writeHead` takes them. */
  readonly headers: readonly string[]

  constructor(status: number, errors: readonly GraphQLFormattedError[], headers: readonly string[] = []) {
    super(errors.map(({ message }) => message).join('\n'))
    this.status = status
    this.errors = errors
    this.headers = headers
  }
}

/** The request itself is wrong. */
export function badRequest(message: string, status = 400, headers: readonly string[] = []): HttpError {
  return new HttpError(status, [{ message, extensions: { code: 'BAD_USER_INPUT' } }], headers)
}
