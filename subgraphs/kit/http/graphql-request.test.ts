import Fastify from 'fastify'
import { expect, test } from 'vitest'
import type { SubgraphRequest } from '../service/subgraph.ts'
import { acceptsResponseType, asksForSandbox, graphqlRequestOf, requestOf } from './graphql-request.ts'

/** Answers a request by this function. */
function appOf(work: (request: SubgraphRequest) => void) {
  const app = Fastify()
  app.decorateRequest('viewer', null)
  app.get('/graphql', async (request, reply) => {
    work(requestOf(request, reply))
    return 'done'
  })
  return app
}

test.each([
  ['is that of the router', { 'x-forwarded-for': '198.51.100.7' }, '198.51.100.7'],
  ['is unknown without it', {}, null],
])('the client address %s', async (_, headers, clientAddress) => {
  const seen: SubgraphRequest[] = []
  await appOf((request) => seen.push(request)).inject({ url: '/graphql', headers })
  expect(seen).toMatchObject([{ clientAddress, viewer: { kind: 'anonymous' } }])
})

test('every reader and every cookie of an operation is a header of the response', async () => {
  const app = appOf(({ nameReader, setCookie }) => {
    nameReader('first', 'token-1')
    nameReader('second', 'token-2')
    setCookie('a', '1', { httpOnly: true, path: '/graphql' })
    setCookie('b', '2', { maxAge: 0 })
  })
  const { headers } = await app.inject({ url: '/graphql' })
  expect(headers).toMatchObject({
    'x-reader': ['first token-1', 'second token-2'],
    'set-cookie': ['a=1; Path=/graphql; HttpOnly', 'b=2; Max-Age=0'],
  })
})

const HTML = { accept: 'text/html,*/*;q=0.8' }
const TYPED = { accept: 'application/graphql-response+json, application/json;q=0.9' }

test.each([
  ['a browser', 'GET', '/graphql', HTML, { isForSandbox: true, isTyped: false, search: '' }],
  [
    'another path',
    'GET',
    '/graphql?query=1',
    HTML,
    { isForSandbox: false, isTyped: false, search: '?query=1' },
  ],
  ['a GET of no browser', 'GET', '/graphql', TYPED, { isForSandbox: false, isTyped: false, search: '' }],
  ['a POST of a browser', 'POST', '/graphql', HTML, { isForSandbox: false, isTyped: false, search: '' }],
  ['the router', 'POST', '/graphql', TYPED, { isForSandbox: false, isTyped: true, search: '' }],
  ['a typed GET', 'GET', '/graphql?a=?b', TYPED, { isForSandbox: false, isTyped: false, search: '?a=?b' }],
] as const)('what %s asks for', async (_, method, url, headers, expected) => {
  const app = Fastify()
  const seen: unknown[] = []
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler: async (request) => {
      const { headers: read, search } = graphqlRequestOf(request)
      const accept = read.get('accept')
      seen.push({
        isForSandbox: asksForSandbox(request),
        isTyped: acceptsResponseType(request),
        search,
        accept,
      })
    },
  })
  await app.inject({ method, url, headers })
  // The negotiation of a POST takes long, and has no effect.
  expect(seen).toEqual([{ ...expected, accept: method === 'GET' ? headers.accept : undefined }])
})
