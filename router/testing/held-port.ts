import { connect, createServer, type Server, type Socket } from 'node:net'

/** A port on which nobody listens, and which no other process is given. */
export type HeldPort = { free(): void }

/**
 * Holds a port of this machine by a connection from it to another port. A port that is merely free may be given
 * to any other process, and a client that connects to it may be given the port itself and reach itself.
 * @param leave makes the present owner leave the port, at once.
 */
export async function holdPort(port: number, leave: () => void): Promise<HeldPort> {
  const anchor = await startAnchor()
  leave()
  const holder = connect({ port: anchor.port, host: '127.0.0.1', localAddress: '127.0.0.1', localPort: port })
  await new Promise<void>((resolve, reject) => {
    holder.once('connect', resolve)
    holder.once('error', reject)
  })
  return {
    free() {
      // Without a reset, the port would be kept for a minute.
      holder.resetAndDestroy()
      anchor.stop()
    },
  }
}

type Anchor = { readonly port: number; stop(): void }

/** A server that keeps its connections. */
async function startAnchor(): Promise<Anchor> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a port was expected')
  return {
    port: address.port,
    stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
