import type { IncomingMessage } from 'node:http'
import { badRequest } from '../http-error.ts'

/** Headers that a page of another site can send only after a preflight. */
const PREFLIGHTED = ['apollo-require-preflight', 'x-apollo-operation-name', 'graphql-require-preflight']
/** Media types that need no preflight (Fetch Standard, section 2.2.2). */
const SIMPLE = /^(?:text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i
const JSON_TYPE = /^application\/json\s*(?:;|$)/i

/**
 * @param origins those that CORS lists.
 * @throws HttpError for a request that a page of another site might have sent with the cookies of its visitor.
 */
export function refuseCrossSite(request: IncomingMessage, origins: readonly string[]): void {
  const { method, headers } = request
  if (isPreflighted(method, headers['content-type'] ?? '')) return
  if (PREFLIGHTED.some((name) => headers[name])) return
  if (method === 'GET' && isOfKnownPage(request, origins)) return
  const remedy =
    method === 'GET'
      ? `send one of the headers ${PREFLIGHTED.join(', ')} with any value (in urql: fetchOptions.headers), or POST (in urql: preferGetMethod: false)`
      : `send content-type application/json, or one of the headers ${PREFLIGHTED.join(', ')}`
  throw badRequest(`This might be a Cross-Site Request Forgery (CSRF): ${remedy}.`)
}

/**
 * Whether the Fetch Standard requires a preflight. Some browsers have sent GETs with other content types than
 * JSON without one.
 */
function isPreflighted(method: string | undefined, type: string): boolean {
  if (method === 'GET') return JSON_TYPE.test(type.trim())
  return /^[^;,]+\/[^;,]+/.test(type) && !SIMPLE.test(type.trim())
}

/**
 * Whether the browser states that the requesting page is of this origin, or of a listed one: no script can
 * set `sec-fetch-site` or `origin` (Fetch Standard, section 2.2.2, forbidden request-headers). "*" lists no
 * origin, and a page without an origin of its own sends "null".
 */
function isOfKnownPage({ headers }: IncomingMessage, origins: readonly string[]): boolean {
  const { origin } = headers
  if (origin !== undefined) return origins.includes(origin) && origin !== '*' && origin !== 'null'
  return headers['sec-fetch-site'] === 'same-origin'
}
