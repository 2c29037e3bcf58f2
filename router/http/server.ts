import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Slot } from '../supergraph/serving.ts'
import type { Log } from '../telemetry/log.ts'
import { messageOf, UsageError } from '../usage-error.ts'
import { sendJson, sendRefusal } from './respond.ts'

type HttpParts = {
  readonly graphql: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  /** Where the endpoint is, such as `/graphql`. */
  readonly path: string
  readonly slot: Slot
  /** Whether a browser that comes to `/` is led to the explorer. */
  readonly explorer: boolean
  readonly log: Log
}

type HttpServer = {
  readonly port: number
  /** Answers what has begun, takes nothing new. */
  close(): Promise<void>
}

/** Time for headers, and for a whole request: slow clients hold a connection, not the router. */
const HEADERS_MS = 10_000
const REQUEST_MS = 30_000
/** Longer than load balancers keep idle connections, so that they close first. */
const KEEP_ALIVE_MS = 65_000
/** What has not been answered this long after closing began is broken off. */
const DRAIN_MS = 20_000

/** Serves the endpoint, the way to the explorer, and health checks, on node:http. */
export async function listen(port: number, host: string, parts: HttpParts): Promise<HttpServer> {
  let draining = false
  const server = createServer(
    { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => {
      if (draining) response.setHeader('connection', 'close')
      route(request, response, parts, () => draining).catch((error) => fail(response, error, parts.log))
    },
  )
  server.on('clientError', refuseMalformed)
  await open(server, port, host)
  return {
    // A server that listens on a port has an address of this form.
    port: (server.address() as AddressInfo).port,
    close() {
      draining = true
      return drain(server)
    },
  }
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { graphql, path, slot, explorer }: HttpParts,
  isDraining: () => boolean,
): Promise<void> {
  const { url = '/', method = 'GET' } = request
  const [pathname = '/'] = url.split('?', 1)
  if (pathname === path) return graphql(request, response)
  const isRead = method === 'GET' || method === 'HEAD'
  if (isRead && pathname === '/health/live') return sendJson(response, 200, { status: 'live' })
  if (isRead && pathname === '/health/ready') {
    const supergraph = slot.current().supergraph.id
    return isDraining()
      ? sendJson(response, 503, { status: 'draining', supergraph })
      : sendJson(response, 200, { status: 'ready', supergraph })
  }
  if (isRead && pathname === '/' && explorer) {
    response.writeHead(302, { location: path }).end()
    return
  }
  const message = `There is nothing at ${method} ${JSON.stringify(pathname)}: GraphQL is at ${path}.`
  sendRefusal(response, { status: 404, code: 'BAD_USER_INPUT', message })
}

function fail(response: ServerResponse, error: unknown, log: Log): void {
  log.error({ error: error instanceof Error ? error.stack : messageOf(error) }, 'a request failed')
  sendRefusal(response, { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error.' })
}

function open(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new UsageError(cannotListen(error, port, host))),
    )
    server.listen(port, host, resolve)
  })
}

function cannotListen({ code, message }: NodeJS.ErrnoException, port: number, host: string): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use on ${host}: stop what listens there, or choose another by --port`
  if (code === 'EACCES')
    return `Port ${port} needs more rights than this user has: choose one above 1023 by --port`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${JSON.stringify(host)} is no address of this machine`
  return `Cannot listen on ${host}:${port}: ${message}`
}

/** Not HTTP, or too slow: no request object exists, so the answer is written by hand. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const [status, message] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ['408 Request Timeout', 'The request took too long to arrive.']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? ['431 Request Header Fields Too Large', 'The headers are too large.']
        : ['400 Bad Request', 'The request is not valid HTTP.']
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] })
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // Answers that were under way when draining began leave their connections open for a next request.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}
