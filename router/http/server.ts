// Tested in http.e2e.test.ts: the test sends requests to the server.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import { MASKED_MESSAGE } from '../fetching/subgraph-error.ts'
import { quoted } from '../quoted.ts'
import type { Slot } from '../serving.ts'
import type { RouterSettings } from '../settings.ts'
import type { Log } from '../telemetry/log.ts'
import { messageOf, UsageError } from '../usage-error.ts'
import { admitRequests } from './connection/admit-requests.ts'
import type { AddressOf } from './connection/client-address.ts'
import { refuseConnect, refuseMalformed } from './connection/client-error.ts'
import { connections } from './connection/connections.ts'
import type { Forwarding } from './connection/forward.ts'
import { closeAfter } from './connection/lingering-close.ts'
import { headFault, originForm } from './connection/request-head.ts'
import { sending } from './connection/slow-readers.ts'
import { badRequest, type HttpError } from './http-error.ts'
import { listenFailure } from './listen-failure.ts'
import { limitPieces } from './request/pieces.ts'
import { send, sendErrors, sendJson } from './response/send-response.ts'

type HttpParts = {
  /** @param leave called early if another request does the rest of the work. */
  readonly graphql: (request: IncomingMessage, response: ServerResponse, leave: () => void) => Promise<void>
  /** Path of the endpoint, such as `/graphql`. */
  readonly path: string
  readonly slot: Slot
  readonly forwarding: Forwarding
  /** Whether a browser that opens `/` is redirected to the explorer. */
  readonly explorer: boolean
  readonly limits: RouterSettings['limits']
  /** Client of a connection, for the limits by address. */
  readonly addressOf: AddressOf
  readonly log: Log
}

type HttpServer = {
  readonly port: number
  /** Answers requests that have begun, and accepts no new connections. */
  close(): Promise<void>
}

/** Maximum time for the headers of a request. */
const HEADERS_MS = 10_000
/** Milliseconds between two checks for slow clients. */
const CHECK_MS = 1_000
/** Longer than load balancers keep idle connections, so that they close them first. */
const KEEP_ALIVE_MS = 65_000
/** Serves the endpoint, the redirect to the explorer, and health checks, on node:http. */
export async function listen(port: number, host: string, parts: HttpParts): Promise<HttpServer> {
  const { limits, addressOf, log } = parts
  let draining = false
  const open = new Set<ServerResponse>()
  const receive = admitRequests(
    limits.requests,
    (request) => isWork(request, parts.path),
    (request, response, leave) =>
      route(request, response, parts, () => draining, leave).catch((error) => fail(response, error, log)),
    log,
  )
  const { enter, begin, rest } = connections(limits.connections, addressOf, log)
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    limitPieces(request)
    if (draining) response.shouldKeepAlive = false
    open.add(response)
    begin(socket)
    response.once('close', () => {
      open.delete(response)
      rest(socket)
    })
    watchSending(response)
    receive(request, response)
  }
  const server = createServer(
    {
      headersTimeout: Math.min(HEADERS_MS, limits.receive),
      requestTimeout: limits.receive,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.receive),
      maxHeaderSize: limits.headers,
      // Refused by `headFault`, with a message.
      requireHostHeader: false,
    },
    answer,
  )
  const watchSending = sending(server, limits, addressOf, log)
  server.on('connection', enter)
  // Node would drop the headers after the 2,000th; `limits.headers` bounds them.
  server.maxHeadersCount = 0
  // The reader of the body sends 100 Continue. If the headers are refused, the client need not send the body
  // (RFC 9110, section 10.1.1).
  server.on('checkContinue', answer)
  server.on('checkExpectation', ({ headers }, response) => {
    const message = `Expect ${quoted(headers.expect)} cannot be met: only 100-continue is known.`
    refuse(response, badRequest(message, 417))
  })
  server.on('connect', (_, socket: Socket) => refuseConnect(socket))
  server.on('clientError', refuseMalformed(open))
  await bind(server, port, host)
  return {
    // A server that listens on a port has an address of this form.
    port: (server.address() as AddressInfo).port,
    close() {
      draining = true
      for (const response of open) response.shouldKeepAlive = false
      return drain(server, limits.drain)
    },
  }
}

/** Whether a request may have costs. */
function isWork({ method, url = '/' }: IncomingMessage, path: string): boolean {
  return method !== 'OPTIONS' && originForm(url).split('?', 1)[0] === path
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { graphql, path, slot, forwarding, explorer }: HttpParts,
  isDraining: () => boolean,
  leave: () => void,
): Promise<void> {
  const fault = headFault(request)
  if (fault) return refuse(response, fault)
  const { method = 'GET' } = request
  const url = originForm(request.url ?? '/')
  // Later stages read the query from there.
  request.url = url
  const [pathname = '/'] = url.split('?', 1)
  if (pathname === path) return graphql(request, response, leave)
  const isRead = method === 'GET' || method === 'HEAD'
  if (isRead && pathname === '/health/live') return sendJson(response, 200, { status: 'live' })
  if (isRead && pathname === '/health/ready') {
    const supergraph = slot.current().supergraph.id
    return isDraining()
      ? sendJson(response, 503, { status: 'draining', supergraph })
      : sendJson(response, 200, { status: 'ready', supergraph })
  }
  if (isRead && pathname === '/' && explorer) return send(response, 302, ['location', path], '')
  const rule = forwarding.ruleFor(method, pathname)
  if (rule) return forwarding.forward(rule, request, response, slot.current().origins)
  if (pathname === '*') return send(response, 204, ['allow', 'GET, POST, OPTIONS'], '')
  refuse(
    response,
    badRequest(`Nothing is served at ${method} ${quoted(pathname)}: GraphQL is at ${path}.`, 404),
  )
}

function refuse(response: ServerResponse, { status, errors, headers }: HttpError): void {
  // The end of the body may be the very part in doubt.
  closeAfter(response)
  sendErrors(response, status, errors, headers)
}

function fail(response: ServerResponse, error: unknown, log: Log): void {
  log.error({ error: error instanceof Error ? error.stack : messageOf(error) }, 'a request failed')
  sendErrors(response, 500, [{ message: MASKED_MESSAGE, extensions: { code: 'INTERNAL_SERVER_ERROR' } }])
}

function bind(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new UsageError(listenFailure(error, port, host))),
    )
    server.listen(port, host, resolve)
  })
}

/** Time in which a request that is on its way on an idle connection may still arrive. */
const IDLE_MS = 500
/** Interval at which idle connections are closed after that. */
const SWEEP_MS = 50

/**
 * Accepts no new connections, answers every request that arrives on the open ones with `connection: close`,
 * and closes the rest when the time is over.
 */
async function drain(server: Server, timeMs: number): Promise<void> {
  // The `close()` of node:http ends idle connections at once, with requests that are on their way. That of
  // node:net does not.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
  let sweep: NodeJS.Timeout | undefined
  const rest = setTimeout(() => {
    server.closeIdleConnections()
    sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
  }, IDLE_MS)
  const cut = setTimeout(() => server.closeAllConnections(), timeMs)
  await closed
  clearTimeout(rest)
  clearInterval(sweep)
  clearTimeout(cut)
  // Ends the checks for slow clients, since no connections are left.
  server.close()
}
