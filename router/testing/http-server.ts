import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HeldPort, holdPort } from './held-port.ts'

/** A server of a test on a free port, whose behaviour can be changed while it runs. */
export type TestServer = {
  readonly origin: string
  readonly port: number
  /** Number of received requests. */
  count(): number
  handle(listener: RequestListener): void
  /** Stops listening and breaks every connection, as a killed process does. */
  stop(): Promise<void>
  /** Stops as `stop` does, and holds the port, on which nobody listens until `start`. */
  pause(): Promise<void>
  /** Listens again on the same port. */
  start(): Promise<void>
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

export async function startTestServer(first: RequestListener): Promise<TestServer> {
  let listener = first
  let requests = 0
  const open = () =>
    createServer((request, response) => {
      requests++
      listener(request, response)
    })
  let server = open()
  await listen(server, 0)
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  let held: HeldPort | null = null
  const free = () => {
    held?.free()
    held = null
  }
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    count: () => requests,
    handle(next) {
      listener = next
    },
    stop() {
      free()
      return close()
    },
    async pause() {
      let closed: Promise<void> | undefined
      held = await holdPort(port, () => {
        closed = close()
      })
      await closed
    },
    async start() {
      free()
      server = open()
      await listen(server, port)
    },
  }
}

export async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Answers JSON with a status. */
export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
