import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouterSettings } from '../../settings.ts'
import { send } from '../response/send-response.ts'

type CorsSettings = RouterSettings['http']['cors']

/** Seconds for which a browser may cache a preflight. */
const REMEMBER = 600

/**
 * States whether a page of another origin may read the answer (Fetch Standard, section 3.2). Origins that are
 * not listed get no headers.
 * @returns true if the request was a preflight and is answered.
 */
export function answerCors(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  { origins, credentials }: CorsSettings,
): boolean {
  const { origin } = headers
  const isListed = origin !== undefined && (origins.includes('*') || origins.includes(origin))
  if (origins.length > 0) response.setHeader('vary', 'origin')
  if (isListed) {
    response.setHeader('access-control-allow-origin', origins.includes('*') ? '*' : origin)
    response.setHeader('access-control-expose-headers', 'x-request-id, www-authenticate, graphql-cost')
    if (credentials) response.setHeader('access-control-allow-credentials', 'true')
  }
  if (method !== 'OPTIONS') return false
  if (isListed) {
    const asked = headers['access-control-request-headers']
    if (asked) response.setHeader('access-control-allow-headers', asked)
    response.setHeader('access-control-allow-methods', 'GET, POST')
    response.setHeader('access-control-max-age', String(REMEMBER))
  }
  send(response, 204, ['allow', 'GET, POST, OPTIONS'], '')
  return true
}
