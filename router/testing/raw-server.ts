import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A server of raw bytes, whose behaviour the test determines. */
export type RawServer = {
  readonly port: number
  readonly origin: string
  /** All connections so far. */
  readonly connections: readonly RawConnection[]
  /** Waits for this number of connections. */
  connected(count: number): Promise<void>
  stop(): Promise<void>
}

export type RawConnection = {
  readonly socket: Socket
  /** Bytes received so far, in Latin-1. */
  received(): string
  readonly closed: Promise<void>
}

/**
 * @param onRequest called when the received bytes end a request; `count` is the number of requests of the
 * connection, from 1.
 */
export async function startRawServer(
  onRequest: (connection: RawConnection, count: number) => void,
  host = '127.0.0.1',
): Promise<RawServer> {
  const connections: RawConnection[] = []
  let arrived = () => {}
  const server = createServer((socket) => {
    let text = ''
    let count = 0
    const connection: RawConnection = {
      socket,
      received: () => text,
      closed: new Promise((resolve) => socket.once('close', () => resolve())),
    }
    connections.push(connection)
    arrived()
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (endsRequest(text)) onRequest(connection, ++count)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  return {
    port,
    origin: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    connections,
    async connected(count) {
      while (connections.length < count) {
        await new Promise<void>((resolve) => {
          arrived = resolve
        })
      }
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const { socket } of connections) socket.destroy()
      await closed
    },
  }
}

/** The only blank line in the tests' requests is the one before the body. */
function endsRequest(text: string): boolean {
  const last = text.slice(text.lastIndexOf('HTTP/1.1\r\n'))
  const head = last.indexOf('\r\n\r\n')
  const length = Number(/\r\ncontent-length: (\d+)\r\n/.exec(last)?.[1] ?? 0)
  return head >= 0 && last.length === head + 4 + length
}

/** An answer with a length. */
export function answerOf(body: string, lines = ''): string {
  return `HTTP/1.1 200 OK\r\n${lines}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}
