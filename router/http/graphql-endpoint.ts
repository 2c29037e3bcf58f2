import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ApolloServer, HeaderMap } from '@apollo/server'
import type { Lifetime, RequestContext } from '../execution/request-context.ts'
import { isRecord } from '../fetching/subgraph-error.ts'
import type { CheckText } from '../operation/document-limits.ts'
import { BadToken, type Identify } from '../security/access-token.ts'
import type { Identity } from '../security/identity.ts'
import { KeysUnavailable } from '../security/jwks.ts'
import type { RouterSettings } from '../settings.ts'
import type { Log } from '../telemetry/log.ts'
import { traceOf } from '../telemetry/trace.ts'
import { readBody } from './body.ts'
import { clientAddress } from './client-address.ts'
import { answerCors } from './cors.ts'
import { type Refused, sendRefusal, sendText } from './respond.ts'

type EndpointParts = {
  readonly apollo: ApolloServer<RequestContext>
  readonly identify: Identify
  readonly checkText: CheckText
  readonly settings: RouterSettings
  readonly log: Log
}

/** What Apollo Server looks at: CSRF prevention, content negotiation, GET's content type. */
const NEEDED_HEADERS = [
  'accept',
  'content-type',
  'x-apollo-operation-name',
  'apollo-require-preflight',
] as const

/** Serves GraphQL over HTTP. The stages of a request, in order. */
export function graphqlEndpoint(parts: EndpointParts) {
  const { settings, log } = parts
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const trace = traceOf(request.headers)
    response.setHeader('x-request-id', trace.requestId)
    if (answerCors(request, response, settings.http.cors)) return
    const refuse = (refused: Refused) => sendRefusal(response, refused)
    const caller = await identified(parts.identify, request, log)
    if ('status' in caller) return refuse(withChallenge(response, caller))
    const body = await readBody(request, settings.limits.body)
    if (!body.ok) return refuse(closing(response, body.refused))
    const problem = checkOperationText(parts.checkText, request, body.value)
    if (problem) return refuse({ status: 400, code: 'BAD_USER_INPUT', message: problem })
    const { lifetime, end } = beginLifetime(response, settings.limits.time)
    const context: RequestContext = {
      identity: caller,
      trace,
      headers: request.headers,
      clientAddress: clientAddress(request, settings.http.trusted_proxies),
      lifetime,
      returned: new Map(),
    }
    try {
      await answer(parts.apollo, request, response, body.value, context)
    } finally {
      end()
    }
  }
}

async function identified(
  identify: Identify,
  request: IncomingMessage,
  log: Log,
): Promise<Identity | Refused> {
  try {
    return await identify(request.headers.authorization)
  } catch (error) {
    if (error instanceof BadToken) {
      log.info({ reason: error.message }, 'an access token was refused')
      return { status: 401, code: 'UNAUTHENTICATED', message: 'The access token is not valid, or no longer.' }
    }
    if (error instanceof KeysUnavailable) {
      return {
        status: 503,
        code: 'SUBGRAPH_UNAVAILABLE',
        message: 'Access tokens cannot be checked at the moment.',
      }
    }
    throw error
  }
}

/** RFC 6750, section 3: a refused token is told so; keys that are missing soon come. */
function withChallenge(response: ServerResponse, refused: Refused): Refused {
  if (refused.status === 401) response.setHeader('www-authenticate', 'Bearer error="invalid_token"')
  else response.setHeader('retry-after', '1')
  return refused
}

/** What is left of a body that was refused is not read: the connection ends with the answer. */
function closing(response: ServerResponse, refused: Refused): Refused {
  response.setHeader('connection', 'close')
  return refused
}

function checkOperationText(
  check: CheckText,
  { method, url = '' }: IncomingMessage,
  body: unknown,
): string | null {
  if (method === 'GET') {
    const text = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('query')
    return text ? check(text) : null
  }
  return isRecord(body) && typeof body.query === 'string' ? check(body.query) : null
}

function beginLifetime(response: ServerResponse, timeMs: number): { lifetime: Lifetime; end: () => void } {
  const controller = new AbortController()
  const lifetime: Lifetime = { signal: controller.signal, mutates: false }
  const timer = setTimeout(() => controller.abort(), timeMs)
  const clientLeft = () => {
    if (!response.writableFinished && !lifetime.mutates) controller.abort()
  }
  response.once('close', clientLeft)
  const end = () => {
    clearTimeout(timer)
    response.off('close', clientLeft)
  }
  return { lifetime, end }
}

async function answer(
  apollo: ApolloServer<RequestContext>,
  { method = '', url = '', headers: sent }: IncomingMessage,
  response: ServerResponse,
  body: unknown,
  context: RequestContext,
): Promise<void> {
  const headers = new HeaderMap()
  for (const name of NEEDED_HEADERS) {
    const value = sent[name]
    if (typeof value === 'string') headers.set(name, value)
  }
  const query = url.indexOf('?')
  const result = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: { method, headers, search: query < 0 ? '' : url.slice(query), body },
    context: async () => context,
  })
  for (const [name, value] of result.headers) response.setHeader(name, value)
  for (const [name, values] of context.returned) response.setHeader(name, values)
  // Only incremental delivery is chunked, which no gateway offers.
  if (result.body.kind !== 'complete') throw new Error('a complete answer was expected')
  sendText(
    response,
    result.status ?? 200,
    result.headers.get('content-type') ?? 'application/json',
    result.body.string,
  )
}
