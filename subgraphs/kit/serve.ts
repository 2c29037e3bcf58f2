import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import { stringifySetCookie } from 'cookie'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { z } from 'zod'
import { type Clock, systemClock } from './clock.ts'
import { readSettings, type Settings, serviceSettings } from './config.ts'
import type { EventBus } from './event-bus.ts'
import { anonymous, tokenVerifier, type Viewer } from './identity.ts'
import { openJetStreamBus } from './jetstream-bus.ts'
import { openLog } from './log.ts'
import { deployMigrations } from './migrations.ts'
import { type Runtime, startRuntime } from './runtime.ts'
import type { AnySubgraph, SubgraphRequest } from './subgraph.ts'
import { newTrace, withTrace } from './trace.ts'

export type ServeOptions = {
  /** As in an environment; README of the kit lists them. */
  readonly settings: Settings
  /** Instead of the bus that EVENT_BUS names. */
  readonly bus?: EventBus
  readonly clock?: Clock
  readonly log?: Logger
  /** Headers that the Sandbox page starts with, outside production. */
  readonly sandboxHeaders?: Readonly<Record<string, string>>
  /** Where the migrations lie; the repository's own place unless told. */
  readonly migrations?: string
}

export type ServedSubgraph = {
  readonly name: string
  readonly port: number
  /** The GraphQL endpoint. */
  readonly url: string
  /** Answers what is in flight, hands back what it claimed, then lets go of everything. */
  close(): Promise<void>
}

declare module 'fastify' {
  interface FastifyRequest {
    viewer: Viewer | null
  }
}

const LARGEST_BODY = 1024 * 1024

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

/** A browser that asks for the explorer page, not for data: it carries no operation, so it needs no token. */
function asksForSandbox(request: FastifyRequest): boolean {
  return (
    request.method === 'GET' &&
    request.url === '/graphql' &&
    Boolean(header(request, 'accept')?.includes('text/html'))
  )
}

function graphqlRoute(
  app: FastifyInstance,
  runtime: Runtime,
  verify: ReturnType<typeof tokenVerifier>,
  page: boolean,
) {
  const answer = fastifyApolloHandler(runtime.apollo, {
    context: async (request, reply) => runtime.contextOf(requestOf(request, reply)),
  })
  app.decorateRequest('viewer', null)
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    async preParsing(request, reply, body) {
      if (page && asksForSandbox(request)) return body
      try {
        request.viewer = await verify(request.headers.authorization)
      } catch {
        const error = {
          message: 'A valid internal token is needed.',
          extensions: { code: 'UNAUTHENTICATED' },
        }
        reply.code(401).send({ errors: [error] })
      }
      return body
    },
    async handler(request, reply) {
      const trace = newTrace({ requestId: request.id, traceparent: header(request, 'traceparent') })
      const result = await withTrace(trace, () => answer.call(app, request, reply))
      if (trace.wrote) runtime.wakeRelay()
      return result
    },
  })
  if (page) app.get('/', async (_, reply) => reply.redirect('/graphql'))
}

function healthRoutes(
  app: FastifyInstance,
  runtime: Runtime,
  bus: EventBus | null,
  isDraining: () => boolean,
) {
  app.get('/health/live', async () => ({ status: 'live' }))
  app.get('/health/ready', async (_, reply) => {
    if (isDraining()) return reply.code(503).send({ status: 'draining' })
    try {
      await runtime.resources.prisma.$queryRawUnsafe('SELECT 1')
      await bus?.ready()
      return { status: 'ready' }
    } catch (error) {
      runtime.apollo.logger.warn(error)
      return reply.code(503).send({ status: 'not ready' })
    }
  })
}

async function busOf(name: string, setting: string, log: Logger): Promise<EventBus | null> {
  return setting === 'none' ? null : openJetStreamBus({ servers: setting, client: name, log })
}

/** Migrates the database, then serves a subgraph over HTTP: `/graphql`, `/health/live`, `/health/ready`. */
export async function serveSubgraph(definition: AnySubgraph, options: ServeOptions): Promise<ServedSubgraph> {
  const settings = readSettings(serviceSettings, options.settings)
  const config = readSettings(definition.config ?? z.unknown(), options.settings)
  const { name } = definition
  const log = options.log ?? openLog(name, settings.LOG_LEVEL)
  const production = settings.NODE_ENV === 'production'
  const here = fileURLToPath(new URL(`../../prisma/${name}/migrations`, import.meta.url))
  await deployMigrations(options.migrations ?? here, settings.DATABASE_URL)
  const bus = options.bus ?? (await busOf(name, settings.EVENT_BUS, log))
  const sandboxHeaders = production ? undefined : (options.sandboxHeaders ?? {})
  const clock = options.clock ?? systemClock
  const database = { url: settings.DATABASE_URL }
  const runtime = await startRuntime(definition, {
    database,
    clock,
    config,
    log,
    bus,
    timers: true,
    production,
    sandboxHeaders,
  })
  const app = Fastify({
    bodyLimit: LARGEST_BODY,
    requestIdHeader: 'x-request-id',
    forceCloseConnections: 'idle',
  })
  let draining = false
  graphqlRoute(app, runtime, tokenVerifier(name, settings.INTERNAL_TOKEN_KEY), !production)
  healthRoutes(app, runtime, bus, () => draining)
  definition.routes?.(app, runtime.resources)
  await app.listen({ port: settings.PORT, host: settings.HOST })
  // An unlistened app has a string address; this one listens.
  const { port } = app.server.address() as AddressInfo
  log.info({ port }, 'serving')
  return {
    name,
    port,
    url: `http://${settings.HOST}:${port}/graphql`,
    async close() {
      draining = true
      await app.close()
      await runtime.close()
      if (!options.bus) await bus?.close()
    },
  }
}
