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

/** How the router learns who reads an answer: `identity.readers_from` in its README. */
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
 * What Apollo Server looks at of a request, and no more: its Fastify integration copies every header and parses a URL, and
 * weighing `accept` takes as long as the rest of its work on a small query; only the page depends on that (a GET).
 */
export function graphqlRequestOf({ method, url, body, headers }: FastifyRequest): HTTPGraphQLRequest {
  const { accept, 'content-type': type } = headers
  const seen = new HeaderMap()
  if (type !== undefined) seen.set('content-type', type)
  if (accept !== undefined && method === 'GET') seen.set('accept', accept)
  const query = url.indexOf('?')
  return { method, body, headers: seen, search: query < 0 ? '' : url.slice(query) }
}

/** The media type of GraphQL over HTTP, for callers that know it; the others get plain JSON. */
export const RESPONSE_TYPE = 'application/graphql-response+json'

export function acceptsResponseType({ method, headers }: FastifyRequest): boolean {
  return method === 'POST' && Boolean(headers.accept?.includes(RESPONSE_TYPE))
}

/** A browser that asks for the explorer page, not for data: it carries no operation, so it needs no token. */
export function asksForSandbox(request: FastifyRequest): boolean {
  return (
    request.method === 'GET' &&
    request.url === '/graphql' &&
    Boolean(header(request, 'accept')?.includes('text/html'))
  )
}
