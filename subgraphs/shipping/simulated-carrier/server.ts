// Tested in ../carrier.int.test.ts: the test calls the simulated carrier over HTTP.

import { timingSafeEqual } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { drawsOf } from '@argyle/kit/draws'
import { deployMigrations } from '@argyle/kit/migrations'
import { PreparedClient } from '@argyle/kit/prepared-client'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import pg from 'pg'
import { type Delays, drawn, type FaultOfCall, type Faults, faultOfLabel, faultsSchema } from './faults.ts'
import {
  type Answer,
  countAsked,
  createLabel,
  labelRequestSchema,
  problem,
  readLabel,
  voidLabel,
} from './labels.ts'
import { startWebhooks, type Target } from './webhooks.ts'
import { readFaults, setFaults, setSpeed } from './world.ts'

export type CarrierOptions = {
  readonly host: string
  /** 0 selects a free port. */
  readonly port: number
  readonly databaseUrl: string
  /** API key of the shop, 32 bytes. */
  readonly apiKey: Uint8Array
  /** Secret that signs webhooks, 32 bytes. */
  readonly webhookSecret: Uint8Array
  /** URL of the shop's webhook endpoint; null: no webhooks until `setWebhookUrl` sets it. */
  readonly webhookUrl: string | null
  /** Timeout of a webhook in milliseconds. Default: five seconds. */
  readonly deliveryMs?: number
  /** Factor by which parcels move faster. */
  readonly speed: number
} & Delays

export type SimulatedCarrier = {
  readonly url: string
  /** Sets the URL of the shop's webhook endpoint; null: no webhooks. */
  setWebhookUrl(webhookUrl: string | null): void
  close(): Promise<void>
}

const MAX_BODY = 64 * 1_024
const CONNECTIONS = 4
const MAX_KEY_LENGTH = 200

type Place = {
  readonly pool: pg.Pool
  readonly options: CarrierOptions
  /** Those in the database, which this process alone changes. */
  faults: Faults
  draw: () => number
}

/**
 * A carrier for development and tests: an HTTP server with its own database. It simulates tracking events at
 * the configured speed.
 */
export async function startSimulatedCarrier(options: CarrierOptions): Promise<SimulatedCarrier> {
  await deployMigrations(fileURLToPath(new URL('migrations', import.meta.url)), options.databaseUrl)
  await using opened = new AsyncDisposableStack()
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: CONNECTIONS,
    Client: PreparedClient,
  })
  // The next query reports a connection that the server has closed.
  pool.on('error', () => {})
  // A pool does not handle the errors of a client that is checked out. Without a listener, such an error
  // would end the process. The client's next query fails.
  pool.on('connect', (client) => client.on('error', () => {}))
  opened.defer(() => pool.end())
  await setSpeed(pool, options.speed)
  const { webhookUrl: url, webhookSecret: secret, deliveryMs } = options
  const target: Target = { url, secret, deliveryMs }
  opened.defer(startWebhooks(pool, target).stop)
  const app = Fastify({ bodyLimit: MAX_BODY, forceCloseConnections: true })
  const faults = await readFaults(pool)
  routes(app, { pool, options, faults, draw: drawsOf(faults.seed) })
  opened.defer(() => app.close())
  await app.listen({ host: options.host, port: options.port })
  // The address of a listening TCP server is an object.
  const { port } = app.server.address() as AddressInfo
  const everything = opened.move()
  return {
    url: `http://${options.host}:${port}`,
    setWebhookUrl(webhookUrl) {
      target.url = webhookUrl
    },
    close: () => everything.disposeAsync(),
  }
}

function isKey(apiKey: Uint8Array, header: string | undefined): boolean {
  const [given, expected] = [header ?? '', `Bearer ${Buffer.from(apiKey).toString('base64url')}`].map(
    (text) => Buffer.from(text),
  )
  return (
    given !== undefined &&
    expected !== undefined &&
    given.length === expected.length &&
    timingSafeEqual(given, expected)
  )
}

function routes(app: FastifyInstance, place: Place): void {
  const { pool, options } = place
  app.get('/health/live', async () => ({ status: 'live' }))
  app.get('/health/ready', async () => {
    await pool.query('SELECT 1')
    return { status: 'ready' }
  })
  void app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      if (!isKey(options.apiKey, request.headers.authorization))
        return send(reply, problem(401, 'unauthorized', 'The API key is wrong.'))
    })
    labelRoutes(scope, place)
    scope.get('/v1/faults', () => place.faults)
    scope.put('/v1/faults', async (request, reply) => {
      const faults = faultsSchema.safeParse(request.body)
      if (!faults.success) return send(reply, problem(422, 'invalid', faults.error.message))
      await setFaults(pool, faults.data)
      place.faults = faults.data
      place.draw = drawsOf(faults.data.seed)
      return faults.data
    })
  })
}

const send = (reply: FastifyReply, { status, body }: Answer) => reply.code(status).send(body)

type ById = { Params: { id: string } }

function labelRoutes(app: FastifyInstance, place: Place): void {
  const { pool, options } = place
  app.post('/v1/labels', async (request, reply) => {
    const key = request.headers['idempotency-key']
    if (typeof key !== 'string' || key === '' || key.length > MAX_KEY_LENGTH)
      return send(reply, problem(400, 'key_missing', 'The header idempotency-key is missing.'))
    const asked = labelRequestSchema.safeParse(request.body)
    if (!asked.success) return send(reply, problem(400, 'invalid', asked.error.message))
    const { faults } = place
    const wrong = faultOfLabel(asked.data.to.recipient, await countAsked(pool, key), options)
    return answer(place, request, reply, wrong, () =>
      createLabel(pool, key, asked.data, { faults, speed: options.speed }),
    )
  })
  app.get<ById>('/v1/labels/:id', (request, reply) =>
    answer(place, request, reply, null, async () => {
      const label = await readLabel(pool, request.params.id)
      return label ? { status: 200, body: label } : problem(404, 'unknown', 'The label does not exist.')
    }),
  )
  app.post<ById>('/v1/labels/:id/void', (request, reply) =>
    answer(place, request, reply, null, () => voidLabel(pool, request.params.id)),
  )
}

/** Executes a request and responds, or injects a fault. */
async function answer(
  place: Place,
  request: FastifyRequest,
  reply: FastifyReply,
  wrong: FaultOfCall | null,
  work: () => Promise<Answer>,
): Promise<FastifyReply> {
  const { faults, options } = place
  const { pause = sleep } = options
  const { fault, waitMs } = wrong ?? { fault: drawn(faults, place.draw()), waitMs: faults.slowMs }
  if (fault === 'fail') return send(reply, problem(500, 'fault', 'The request failed.'))
  const done = await work()
  if (fault === 'slow') await pause(waitMs)
  if (fault !== 'drop') return send(reply, done)
  reply.hijack()
  request.raw.socket.destroy()
  return reply
}
