import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { environment } from '@argyle/kit/config'
import { createDatabase } from '../postgres/address.ts'
import { ShopFailure } from '../shop/start/failure.ts'
import type { Server } from '../shop/subgraphs/databases.ts'
import type { ProgramSpec } from './program.ts'

/** A PostgreSQL server that runs already. @param adminUrl the URL of a database on it, of a role that may create others */
export function postgresAt(adminUrl: string): Server {
  const url = (database: string) => {
    const address = new URL(adminUrl)
    address.pathname = `/${encodeURIComponent(database)}`
    return address.href
  }
  return {
    url,
    async ensureDatabase(name) {
      await createDatabase(adminUrl, name)
      return url(name)
    },
  }
}

const PROBE_MS = 1_000
const READY_MS = 10_000

/** Whether a server accepts connections there. */
export async function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  const socket = connect({ port, host })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(PROBE_MS) })
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** @throws ShopFailure where it does not accept connections within 10 s */
export async function untilAccepts(port: number, owner: string): Promise<void> {
  const end = performance.now() + READY_MS
  while (!(await accepts(port))) {
    if (performance.now() > end) throw new ShopFailure(`${owner} does not accept connections on port ${port}`)
    await pause(50)
  }
}

/** A private NATS server with JetStream. @throws ShopFailure where no `nats-server` is installed */
export function natsSpec(dataDir: string, port: number): ProgramSpec {
  const { PATH } = environment()
  if (spawnSync('nats-server', ['--version'], { env: { PATH } }).status !== 0)
    throw new ShopFailure(
      'no NATS server: nats-server is not on the PATH. Install it (https://nats.io/download), or name a running one by --nats nats://host:port',
    )
  return {
    name: 'nats',
    service: 'nats',
    file: 'nats-server',
    args: [
      ...['--jetstream', '--store_dir', path.join(dataDir, 'nats')],
      ...['--addr', '127.0.0.1', '--port', String(port)],
    ],
    env: { PATH },
    port,
  }
}
