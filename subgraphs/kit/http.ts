import { randomUUID } from 'node:crypto'
import { HeaderMap, type HTTPGraphQLRequest } from '@apollo/server'
import { stringifySetCookie } from 'cookie'
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { ErrorCode } from './errors.ts'
import type { EventBus } from './event-bus.ts'
import { anonymous, type tokenVerifier, type Viewer } from './identity.ts'
import type { Runtime } from './runtime.ts'
import type { App, SubgraphRequest } from './subgraph.ts'
import { newTrace, withTrace } from './trace.ts'

type HttpOptions = {
  readonly runtime: Runtime
  readonly verify: ReturnType<typeof tokenVerifier>
  readonly bus: EventBus | null
  readonly log: Logger
  /** Whether browsers get the Sandbox page. */
  readonly page: boolean
  /** Whether the service is on its way out, and wants no new work. */
  readonly isDraining: () => boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    viewer: Viewer | null
  }
}

const LARGEST_BODY = 1024 * 1024
/** For the whole of a request to arrive; the time limits of its work are the router's. */
const SLOWEST_REQUEST_MS = 30_000

/** The HTTP side of a subgraph: `/graphql`, `/health/live`, `/health/ready`. It does not listen yet. */
export function httpApp(options: HttpOptions): App {
  const app = Fastify({
    bodyLimit: LARGEST_BODY,
    requestTimeout: SLOWEST_REQUEST_MS,
    requestIdHeader: 'x-request-id',
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    // A request that still arrives on an open connection is answered.
    return503OnClosing: false,
  })
  // Else the close would wait for clients to leave connections that their pools keep for the next request.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (options.isDraining()) reply.header('connection', 'close')
    done()
  })
  answerFaults(app, options.log)
  graphqlRoute(app, options)
  healthRoutes(app, options)
  return app
}

function graphqlError(message: string, code: ErrorCode) {
  return { errors: [{ message, extensions: { code } }] }
}

/** What goes wrong outside GraphQL is told in GraphQL's form: the request's faults as they are, ours masked. */
function answerFaults(app: App, log: Logger): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return reply.code(status).send(graphqlError(error.message, 'BAD_USER_INPUT'))
    log.error({ err: error, requestId: request.id, url: request.url }, 'a request failed')
    return reply.code(status).send(graphqlError('Internal server error.', 'INTERNAL_SERVER_ERROR'))
  })
}

function header(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}

function requestOf(request: FastifyRequest, reply: FastifyReply): SubgraphRequest {
  return {
    viewer: request.viewer ?? anonymous,
    headers: request.headers,
    requestId: request.id,
    clientAddress: header(request, 'x-forwarded-for'),
    setCookie: (name, value, options) =>
      reply.header('set-cookie', stringifySetCookie({ name, value, ...options })),
  }
}

/**
 * What Apollo Server looks at of a request, and no more: its Fastify integration copies every header and parses a URL, and
 * weighing `accept` takes as long as the rest of its work on a small query; only the page depends on that (a GET).
 */
function graphqlRequestOf({ method, url, body, headers }: FastifyRequest): HTTPGraphQLRequest {
  const { accept, 'content-type': type } = headers
  const seen = new HeaderMap()
  if (type !== undefined) seen.set('content-type', type)
  if (accept !== undefined && method === 'GET') seen.set('accept', accept)
  const query = url.indexOf('?')
  return { method, body, headers: seen, search: query < 0 ? '' : url.slice(query) }
}

/** The media type of GraphQL over HTTP, for callers that know it; the others get plain JSON. */
const RESPONSE_TYPE = 'application/graphql-response+json'

async function answer(runtime: Runtime, request: FastifyRequest, reply: FastifyReply): Promise<string> {
  const { status, headers, body } = await runtime.apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: graphqlRequestOf(request),
    context: async () => runtime.contextOf(requestOf(request, reply)),
  })
  if (body.kind !== 'complete') throw new Error('an incremental answer was not asked for')
  for (const [name, value] of headers) reply.header(name, value)
  if (request.method === 'POST' && request.headers.accept?.includes(RESPONSE_TYPE)) {
    reply.header('content-type', `${RESPONSE_TYPE}; charset=utf-8`)
  }
  reply.code(status ?? 200)
  return body.string
}

/** A browser that asks for the explorer page, not for data: it carries no operation, so it needs no token. */
function asksForSandbox(request: FastifyRequest): boolean {
  return (
    request.method === 'GET' &&
    request.url === '/graphql' &&
    Boolean(header(request, 'accept')?.includes('text/html'))
  )
}

function graphqlRoute(app: App, { runtime, verify, page }: HttpOptions): void {
  app.decorateRequest('viewer', null)
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    // Before the body is read: a stranger costs us nothing.
    async onRequest(request, reply) {
      if (page && asksForSandbox(request)) return
      try {
        request.viewer = await verify(request.headers.authorization)
      } catch {
        return reply.code(401).send(graphqlError('A valid internal token is needed.', 'UNAUTHENTICATED'))
      }
    },
    async handler(request, reply) {
      const trace = newTrace({ requestId: request.id, traceparent: header(request, 'traceparent') })
      const result = await withTrace(trace, () => answer(runtime, request, reply))
      if (trace.wrote) runtime.wakeRelay()
      return result
    },
  })
  if (page) app.get('/', async (_, reply) => reply.redirect('/graphql'))
}

function healthRoutes(app: App, { runtime, bus, log, isDraining }: HttpOptions): void {
  app.get('/health/live', async () => ({ status: 'live' }))
  app.get('/health/ready', async (_, reply) => {
    if (isDraining()) return reply.code(503).send({ status: 'draining' })
    try {
      await Promise.all([runtime.resources.prisma.$queryRawUnsafe('SELECT 1'), bus?.ready()])
      return { status: 'ready' }
    } catch (error) {
      log.warn({ err: error }, 'not ready')
      return reply.code(503).send({ status: 'not ready' })
    }
  })
}
