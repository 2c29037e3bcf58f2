import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyError } from 'fastify'
import type { Logger } from 'pino'
import type { EventBus } from '../messages/event-bus.ts'
import type { App } from '../service/subgraph.ts'
import { type GraphqlRouteOptions, graphqlError, graphqlRoute } from './graphql-route.ts'
import { readiness } from './readiness.ts'

type HttpOptions = GraphqlRouteOptions & {
  readonly bus: EventBus | null
  /** Whether the service is shutting down and refuses new work. */
  readonly isDraining: () => boolean
}

/**
 * Maximum request body, in bytes. It exceeds what the router sends in one fetch (4 MB): the router takes
 * requests of 1 MB, and writes some numbers and variables longer than they arrived. A router with a higher
 * limit turns a 413 into an error of the client's request.
 */
const MAX_BODY = 5 * 1024 * 1024
/** Time limit for receiving a whole request, in milliseconds. */
const SLOWEST_REQUEST_MS = 30_000

/**
 * The Fastify application of a subgraph: `/graphql`, `/health/live`, `/health/ready`. It does not listen yet.
 */
export function httpApp(options: HttpOptions): App {
  const app = Fastify({
    bodyLimit: MAX_BODY,
    requestTimeout: SLOWEST_REQUEST_MS,
    requestIdHeader: 'x-request-id',
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    // Answer requests that still arrive on open connections.
    return503OnClosing: false,
  })
  // Close connections after their response while draining: `close` would otherwise wait for clients whose
  // pools keep them open.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (options.isDraining()) reply.header('connection', 'close')
    done()
  })
  answerFaults(app, options.log)
  graphqlRoute(app, options)
  healthRoutes(app, options)
  return app
}

/**
 * Answers errors outside GraphQL in GraphQL's format: errors of the request as they are, internal ones
 * masked.
 */
function answerFaults(app: App, log: Logger): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return reply.code(status).send(graphqlError(error.message, 'BAD_USER_INPUT'))
    log.error({ err: error, requestId: request.id, url: request.url }, 'a request failed')
    return reply.code(status).send(graphqlError('Internal server error.', 'INTERNAL_SERVER_ERROR'))
  })
}

function healthRoutes(app: App, { runtime, bus, log, isDraining }: HttpOptions): void {
  const ready = readiness({ prisma: runtime.resources.prisma, bus, log, isDraining })
  app.get('/health/live', async () => ({ status: 'live' }))
  app.get('/health/ready', async (_, reply) => {
    const body = await ready()
    return reply.code(body.status === 'ready' ? 200 : 503).send(body)
  })
}
