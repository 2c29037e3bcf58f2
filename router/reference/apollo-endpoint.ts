// Tested in ../http/graphql-over-http.e2e.test.ts: both executors answer the same requests.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ApolloServer, HeaderMap } from '@apollo/server'
import { clientAddress } from '../http/connection/client-address.ts'
import { badRequest, HttpError } from '../http/http-error.ts'
import { receiveBody, refuseEarly } from '../http/request/body.ts'
import { type Receiving, receiving } from '../http/request/body-reader.ts'
import { answerCors } from '../http/request/cors.ts'
import { identified } from '../http/request/identify.ts'
import { isJson } from '../http/request/media-types.ts'
import { beginLifetime } from '../http/request/request-lifetime.ts'
import { returnedHeaders } from '../http/response/returned-headers.ts'
import { send, sendErrors } from '../http/response/send-response.ts'
import { isRecord } from '../json/is-record.ts'
import type { CheckText } from '../operation/limits/document-limits.ts'
import type { RequestContext } from '../request-context.ts'
import type { Identify } from '../security/access-token.ts'
import type { RouterSettings } from '../settings.ts'
import type { Log } from '../telemetry/log.ts'
import { type Trace, traceOf } from '../telemetry/trace.ts'

type EndpointParts = {
  readonly apollo: ApolloServer<RequestContext>
  readonly identify: Identify
  readonly checkText: CheckText
  readonly settings: RouterSettings
  readonly log: Log
}

/** Headers that Apollo Server reads: CSRF prevention, content negotiation, GET's content type. */
const NEEDED_HEADERS = [
  'accept',
  'content-type',
  'x-apollo-operation-name',
  'apollo-require-preflight',
] as const

/**
 * Serves GraphQL over HTTP by Apollo Server: the reference implementation. The stages of a request are in
 * order.
 */
export function apolloEndpoint(parts: EndpointParts) {
  const bodies = receiving(parts.settings.limits.receiving)
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const trace = traceOf(request.headers)
    response.setHeader('x-request-id', trace.requestId)
    if (answerCors(request, response, parts.settings.http.cors)) return
    try {
      await serve({ ...parts, bodies }, request, response, trace)
    } catch (error) {
      if (!(error instanceof HttpError)) throw error
      sendErrors(response, error.status, error.errors, error.headers)
    }
  }
}

async function serve(
  { apollo, identify, checkText, settings, log, bodies }: EndpointParts & { readonly bodies: Receiving },
  request: IncomingMessage,
  response: ServerResponse,
  trace: Trace,
): Promise<void> {
  const identity = await identified(identify, request.headers.authorization, trace, log)
  // The body of a client that left meanwhile never ends.
  if (response.destroyed) return
  // A body of another type is not read: CSRF prevention decides by the headers.
  const readsBody = isJson(request.headers['content-type'])
  if (readsBody) refuseEarly(request, settings.limits.body)
  const body = readsBody ? await receiveBody(request, response, bodies, settings.limits) : undefined
  const problem = checkOperationText(checkText, request, body)
  if (problem) throw badRequest(problem)
  const { lifetime, end } = beginLifetime(response, settings.limits.time)
  const context: RequestContext = {
    identity,
    trace,
    headers: request.headers,
    clientAddress: clientAddress(request, settings.http.trusted_proxies),
    lifetime,
    returned: new Map(),
  }
  try {
    await answer(apollo, request, response, body, context)
  } finally {
    end()
  }
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
  // Only incremental delivery is chunked, which no gateway offers.
  if (result.body.kind !== 'complete') throw new Error('a complete answer was expected')
  const written = [...result.headers].flat()
  send(response, result.status ?? 200, [...written, ...returnedHeaders(context)], result.body.string)
}
