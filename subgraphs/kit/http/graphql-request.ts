import { HeaderMap, type HTTPGraphQLRequest } from '@apollo/server'
import { stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { anonymous, type Viewer } from '../identity/identity.ts'
import type { SubgraphRequest } from '../service/subgraph.ts'

declare module 'fastify' {
  interface FastifyRequest {
    viewer: Viewer | null
  }
}

export function header(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

/** Names the viewer of a sign-in's answer to the router; see `identity.readers_from` in router/README.md. */
const READER_HEADER = 'x-reader'

export function requestOf(request: FastifyRequest, reply: FastifyReply): SubgraphRequest {
  return {
    viewer: request.viewer ?? anonymous,
    headers: request.headers,
    requestId: request.id,
    clientAddress: header(request, 'x-forwarded-for'),
    setCookie: (name, value, options) =>
      reply.header('set-cookie', stringifySetCookie({ name, value, ...options })),
    nameReader: (responseName, accessToken) => {
      const named = [reply.getHeader(READER_HEADER) ?? []].flat().map(String)
      reply.header(READER_HEADER, [...named, `${responseName} ${accessToken}`])
    },
  }
}

/**
 * The parts of a request that Apollo Server uses. Its Fastify integration also copies every header, parses a
 * URL and negotiates `accept`. The negotiation takes as long as the rest of its work on a small query,
 * although only the Sandbox page (a GET) depends on it.
 */
export function graphqlRequestOf({ method, url, body, headers }: FastifyRequest): HTTPGraphQLRequest {
  const { accept, 'content-type': type } = headers
  const seen = new HeaderMap()
  if (type !== undefined) seen.set('content-type', type)
  if (accept !== undefined && method === 'GET') seen.set('accept', accept)
  const query = url.indexOf('?')
  return { method, body, headers: seen, search: query < 0 ? '' : url.slice(query) }
}

/** The media type of GraphQL over HTTP, for callers that accept it; others get plain JSON. */
export const RESPONSE_TYPE = 'application/graphql-response+json'

export function acceptsResponseType({ method, headers }: FastifyRequest): boolean {
  return method === 'POST' && Boolean(headers.accept?.includes(RESPONSE_TYPE))
}

/** Whether a browser asks for the Sandbox page. That request has no operation, so it needs no token. */
export function asksForSandbox(request: FastifyRequest): boolean {
  return (
    request.method === 'GET' &&
    request.url === '/graphql' &&
    Boolean(header(request, 'accept')?.includes('text/html'))
  )
}
