import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** One of several servers behind a balancer. */
export type Backend = {
  readonly name: string
  /** TCP port of 127.0.0.1. */
  readonly port: number
}

export type Balancer = {
  readonly port: number
  /**
   * Sets whether a backend gets new connections. If none may, all do. The connections of a backend that may
   * not are closed, so that callers use another one.
   */
  setUsable(name: string, isUsable: boolean): void
  /** Closes all connections. @returns how many there were */
  cut(): number
  /** Forwards nothing until `release`, on open and new connections. */
  hold(): void
  release(): void
  close(): Promise<void>
}

/** Begins a connection, as `connect` of node:net does. */
export type Dial = (address: { readonly port: number; readonly host: string }) => Socket

type Link = { readonly backend: Backend; readonly client: Socket; readonly server: Socket }

/** A backend that accepts a connection later than this is passed over. */
const CONNECT_MS = 2_000

/**
 * Distributes TCP connections over the instances of a subgraph, the one with the fewest connections first, as
 * a Kubernetes Service does: the router has one URL per subgraph, and keeps connections open. An instance
 * that does not accept a connection is skipped.
 * @param dial another one in tests
 */
export async function startBalancer(backends: readonly Backend[], dial: Dial = connect): Promise<Balancer> {
  const links = new Set<Link>()
  const unusable = new Set<string>()
  let held: Promise<void> | null = null
  let letGo = () => {}
  let isClosed = false
  /** Connections that are open or being opened. */
  const counts = new Map<Backend, number>()
  const count = (backend: Backend, change = 0) => {
    const now = (counts.get(backend) ?? 0) + change
    counts.set(backend, now)
    return now
  }

  /** All backends: the usable ones first, and of these the least busy. */
  function candidates(): Backend[] {
    const rank = (backend: Backend) => (unusable.has(backend.name) ? 1_000_000 : 0) + count(backend)
    return [...backends].sort((one, other) => rank(one) - rank(other))
  }

  async function serve(client: Socket): Promise<void> {
    client.on('error', () => client.destroy())
    if (held) await held
    for (const backend of isClosed ? [] : candidates()) {
      count(backend, 1)
      const server = await open(backend.port, dial)
      if (server && !client.destroyed && !isClosed) return join({ backend, client, server })
      count(backend, -1)
      server?.destroy()
    }
    client.destroy()
  }

  function join(link: Link): void {
    const { client, server } = link
    links.add(link)
    const end = () => {
      if (links.delete(link)) count(link.backend, -1)
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', end).on('close', end)
    if (!held) flow(link)
  }

  const close = (link: Link) => {
    link.client.resetAndDestroy()
    link.server.destroy()
  }
  const server = createServer({ pauseOnConnect: true }, (client) => void serve(client))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    // A server that listens has an address object.
    port: (server.address() as AddressInfo).port,
    setUsable(name, isUsable) {
      if (isUsable) return void unusable.delete(name)
      unusable.add(name)
      for (const link of links) if (link.backend.name === name) close(link)
    },
    cut() {
      const { size } = links
      for (const link of links) close(link)
      return size
    },
    hold() {
      if (held) return
      held = new Promise((resolve) => {
        letGo = resolve
      })
      for (const link of links) pause(link)
    },
    release() {
      // With two pipes, bytes would be forwarded twice.
      if (!held) return
      held = null
      letGo()
      for (const link of links) flow(link)
    },
    async close() {
      isClosed = true
      letGo()
      server.close()
      for (const link of links) close(link)
      await once(server, 'close')
    },
  }
}

function flow({ client, server }: Link): void {
  client.pipe(server)
  server.pipe(client)
}

function pause({ client, server }: Link): void {
  client.unpipe(server).pause()
  server.unpipe(client).pause()
}

/** Null if the connection is not accepted in time. */
function open(port: number, dial: Dial): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = dial({ port, host: '127.0.0.1' })
    const timer = setTimeout(() => socket.destroy(), CONNECT_MS)
    const settle = (opened: Socket | null) => {
      clearTimeout(timer)
      resolve(opened)
    }
    socket
      // Each error is followed by the end.
      .on('error', () => {})
      .once('close', () => settle(null))
      .once('connect', () => settle(socket))
  })
}
