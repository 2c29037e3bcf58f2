// Tested in ../gateway/sandbox-gateway.int.test.ts: the test calls the sandbox over HTTP.

import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { drawsOf } from '@argyle/kit/draws'
import { deployMigrations } from '@argyle/kit/migrations'
import { PreparedClient } from '@argyle/kit/prepared-client'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import pg, { type ClientBase } from 'pg'
import { actionPage } from './action-page.ts'
import { ApiError } from './api-error.ts'
import { type Delays, drawn, type Faults, faultsSchema, heldBackMs, NO_FAULTS } from './faults.ts'
import { ledgerPage } from './ledger-page.ts'
import { isDone, once } from './once.ts'
import { capture, createPayment, shownPayment, type Terms, takeSecondStep, voidPayment } from './payments.ts'
import { failureOfKey, refund } from './refunds.ts'
import { inTransaction, type PaymentRow, readPayment } from './rows.ts'
import { requireKey } from './secret-key.ts'
import { createToken, exchangeToken, removeSource, type Source, sourceOf } from './sources.ts'
import { startWebhooks, type Target } from './webhooks.ts'

export type SandboxOptions = {
  readonly host: string
  /** 0 selects a free port. */
  readonly port: number
  readonly databaseUrl: string
  /** Secret key of the shop. */
  readonly key: string
  readonly webhook: Target
  /** Base URL of this server for browsers. Default: the address on which it listens. */
  readonly publicUrl?: string | undefined
  /** Factor by which authorizations expire sooner. */
  readonly speed?: number
} & Delays

export type SandboxGateway = { readonly url: string; readonly port: number; close(): Promise<void> }

const SEVEN_DAYS_MS = 7 * 24 * 3_600_000
const MAX_BODY = 16 * 1024

type Place = {
  readonly pool: pg.Pool
  readonly options: SandboxOptions
  readonly terms: Terms
  readonly wake: () => void
  publicUrl: string
  faults: Faults
  draw: () => number
}

/**
 * A payment gateway for development and tests: an HTTP server with its own database and ledger, whose
 * behaviour depends on the test card. It moves no money.
 */
export async function startSandboxGateway(options: SandboxOptions): Promise<SandboxGateway> {
  await deployMigrations(fileURLToPath(new URL('migrations', import.meta.url)), options.databaseUrl)
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 4, Client: PreparedClient })
  pool.on('error', () => {})
  // A pool does not handle the errors of a client that is checked out. Without a listener, such an error
  // would end the process. The client's next query fails.
  pool.on('connect', (client) => client.on('error', () => {}))
  const webhooks = startWebhooks(pool, options.webhook)
  const terms = { authorizationMs: SEVEN_DAYS_MS / (options.speed ?? 1) }
  const place: Place = {
    pool,
    options,
    terms,
    wake: webhooks.wake,
    publicUrl: '',
    faults: NO_FAULTS,
    draw: drawsOf(undefined),
  }
  const app = Fastify({ bodyLimit: MAX_BODY, forceCloseConnections: true })
  routes(app, place)
  try {
    await app.listen({ host: options.host, port: options.port })
  } catch (error) {
    await webhooks.stop()
    await pool.end()
    throw error
  }
  // The address of a listening TCP server is an object.
  const { port } = app.server.address() as AddressInfo
  const url = `http://${options.host}:${port}`
  place.publicUrl = options.publicUrl ?? url
  return {
    url,
    port,
    async close() {
      await app.close()
      await webhooks.stop()
      await pool.end()
    },
  }
}

function routes(app: FastifyInstance, place: Place): void {
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof ApiError)
      return reply.code(error.status).send({ error: { code: error.code, message: error.message } })
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
    // The text of an error may quote the request, so it is not returned.
    return reply.code(status).send({ error: { code: 'fault', message: 'The request failed.' } })
  })
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  publicRoutes(app, place)
  void app.register(async (scope) => {
    scope.addHook('onRequest', async (request) => requireKey(request, place.options.key))
    shopRoutes(scope, place)
  })
}

/** Routes for browsers: tokens, from any origin, and authentication. */
function publicRoutes(app: FastifyInstance, place: Place): void {
  const allow = (reply: FastifyReply) =>
    reply
      .header('access-control-allow-origin', '*')
      .header('access-control-allow-headers', 'content-type')
      .header('access-control-allow-methods', 'POST')
  app.options('/v1/tokens', async (_request, reply) => allow(reply).code(204).send())
  app.post('/v1/tokens', async (request, reply) => {
    allow(reply)
    return reply.code(201).send(await createToken(place.pool, request.body))
  })
  app.get<{ Params: { id: string } }>('/action/:id', async (request, reply) => {
    const { rows } = await place.pool.query('SELECT id FROM payment WHERE action_id = $1', [
      request.params.id,
    ])
    const payment = rows[0] && (await readPayment(place.pool, rows[0].id))
    if (!payment) throw new ApiError(404, 'action_unknown', 'The authentication does not exist.')
    return reply.type('text/html; charset=utf-8').send(actionPage(payment))
  })
  app.post<{ Params: { id: string }; Body: { decision?: string } }>('/action/:id', async (request, reply) => {
    const isApproved = request.body?.decision === 'approve'
    const payment = await inTransaction(place.pool, (client) =>
      takeSecondStep(client, request.params.id, isApproved, place.terms),
    )
    if (!payment) throw new ApiError(404, 'action_unknown', 'The authentication does not exist.')
    place.wake()
    if (payment.return_url) return reply.redirect(payment.return_url, 303)
    return reply.type('text/html; charset=utf-8').send(actionPage(payment))
  })
  app.get('/health/live', async () => ({ status: 'live' }))
  app.get('/health/ready', async () => {
    await place.pool.query('SELECT 1')
    return { status: 'ready' }
  })
}

type ById = { Params: { id: string } }

/** Routes for the shop. Each POST requires an idempotency key. */
function shopRoutes(app: FastifyInstance, place: Place): void {
  const { pool, terms } = place
  const shown = (client: ClientBase | pg.Pool, payment: PaymentRow) =>
    shownPayment(client, payment, place.publicUrl)
  const change =
    (work: (client: ClientBase, id: string, body: unknown, source: Source | null) => Promise<PaymentRow>) =>
    async (request: FastifyRequest<ById>, reply: FastifyReply) =>
      answerOnce(place, request, reply, async (client, source) =>
        shown(client, await work(client, request.params.id, request.body, source)),
      )
  app.post('/v1/sources', (request, reply) =>
    answerOnce(place, request, reply, (client) => exchangeToken(client, request.body)),
  )
  app.delete<ById>('/v1/sources/:id', async (request, reply) => {
    await removeSource(pool, request.params.id)
    return reply.code(204).send()
  })
  app.post<ById>(
    '/v1/payments',
    change((client, _id, body, source) => createPayment(client, body, { terms, source })),
  )
  app.get<ById>('/v1/payments/:id', async (request) => {
    const payment = await readPayment(pool, request.params.id)
    if (!payment) throw new ApiError(404, 'payment_unknown', 'The payment does not exist.')
    return shown(pool, payment)
  })
  app.post<ById>('/v1/payments/:id/capture', change(capture))
  app.post<ById>('/v1/payments/:id/void', change(voidPayment))
  app.post<ById>('/v1/payments/:id/refunds', async (request, reply) =>
    answerOnce(place, request, reply, async (client, _source, key) => {
      const { params, body } = request
      return shown(client, await refund(client, params.id, { body, key }))
    }),
  )
  app.get<{ Params: { key: string } }>('/v1/keys/:key', async ({ params: { key } }) => {
    const failure = await failureOfKey(pool, key)
    return { isDone: failure === null && (await isDone(pool, key)), failure }
  })
  app.get<{ Querystring: { after?: string } }>('/v1/ledger', (request) =>
    ledgerPage(pool, request.query.after),
  )
  app.put('/v1/faults', async (request) => {
    const faults = faultsSchema.safeParse(request.body)
    if (!faults.success)
      throw new ApiError(
        422,
        'invalid_request',
        `fail, drop and slow must be numbers from 0 to 1, slowMs and seed whole numbers: ${faults.error.message}`,
      )
    place.faults = faults.data
    place.draw = drawsOf(faults.data.seed)
    return place.faults
  })
}

/** Executes a request once, and responds as its test card or an injected fault requires. */
async function answerOnce(
  place: Place,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (client: ClientBase, source: Source | null, key: string) => Promise<unknown>,
): Promise<FastifyReply> {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || key === '' || key.length > 200)
    throw new ApiError(422, 'key_missing', 'The header idempotency-key is missing.')
  const { pause = sleep } = place.options
  const fault = drawn(place.faults, place.draw())
  const source = await sourceOf(place.pool, request.body)
  const { behaviour } = source ?? {}
  const isFault = () => fault === 'fail' || behaviour === 'fail_once'
  const asked = { method: request.method, url: request.url, body: request.body }
  const { answer, isNew } = await once(place.pool, { key, request: asked }, isFault, (client) =>
    work(client, source, key),
  )
  place.wake()
  if (isNew && (behaviour === 'drop_connection' || fault === 'drop')) {
    reply.hijack()
    request.raw.socket.destroy()
    return reply
  }
  if (isNew) await pause(heldBackMs(behaviour, place.options))
  if (fault === 'slow') await pause(place.faults.slowMs)
  return reply.code(answer.status).send(answer.body)
}
