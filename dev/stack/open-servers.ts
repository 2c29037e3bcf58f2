import path from 'node:path'
import { environment } from '@argyle/kit/config'
import { startPostgres } from '../postgres/start-postgres.ts'
import type { Server } from '../shop/subgraphs/databases.ts'
import { postgresFolder } from '../shop/subgraphs/server.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import type { StackCommand } from './command-line.ts'
import { allowedConnections, tooFewConnections } from './connections.ts'
import { freePorts } from './free-ports.ts'
import { superviseProgram } from './program.ts'
import { accepts, natsSpec, postgresAt, untilAccepts } from './servers.ts'
import type { Watchdog } from './watchdog.ts'

export type OpenServers = {
  readonly server: Server
  readonly eventBus: string
  /** A line for people about each server, without passwords. */
  readonly description: readonly string[]
  /** Settles when a private server ends. */
  readonly lost: Promise<void>
  stop(): Promise<void>
}

/** The URLs of servers on this machine at their standard ports. */
const STANDARD = {
  postgres: 'postgresql://postgres@127.0.0.1:5432/postgres',
  nats: 'nats://127.0.0.1:4222',
} as const

type Place = {
  readonly watchdog: Watchdog
  readonly onProgress: (line: string) => void
  /** Others in tests. */
  readonly standard?: { readonly postgres: string; readonly nats: string }
}

/** The given servers, otherwise those that run at their standard ports, otherwise private ones. */
export async function openServers(command: StackCommand, place: Place): Promise<OpenServers> {
  const postgres = await openPostgres(command, place)
  try {
    const nats = await openNats(command, place)
    return {
      server: postgres.server,
      eventBus: nats.eventBus,
      description: [`PostgreSQL: ${postgres.description}`, `NATS: ${nats.description}`],
      lost: postgres.lost,
      async stop() {
        await nats.stop()
        await postgres.stop()
      },
    }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}

const never = new Promise<void>(() => {})
const nothing = async () => {}

async function openPostgres(
  { postgres, isPrivate, dataDir, instances }: StackCommand,
  { onProgress, standard = STANDARD }: Place,
) {
  const url = isPrivate
    ? undefined
    : (postgres ?? environment().DATABASE_URL ?? (await runningAt(standard.postgres)))
  if (url) {
    const warning = tooFewConnections(await allowedConnections(url), SUBGRAPH_NAMES.length * instances)
    if (warning) onProgress(warning)
    return {
      server: postgresAt(url),
      description: `the server at ${new URL(url).host}`,
      lost: never,
      stop: nothing,
    }
  }
  const running = await startPostgres({ dataDir: postgresFolder(dataDir), onProgress })
  return {
    server: running,
    description: `a private server on port ${running.port}`,
    lost: running.exited,
    stop: running.stop,
  }
}

async function openNats(
  { nats, isPrivate, dataDir }: StackCommand,
  { watchdog, onProgress, standard = STANDARD }: Place,
) {
  const url = isPrivate ? undefined : (nats ?? environment().EVENT_BUS ?? (await runningAt(standard.nats)))
  if (url) return { eventBus: url, description: `the server at ${new URL(url).host}`, stop: nothing }
  const [port = 0] = await freePorts(1)
  const program = superviseProgram(natsSpec(dataDir, port), {
    logs: path.join(dataDir, 'logs'),
    watchdog,
    onEnd: (_, how) => onProgress(`nats ended (${how}); it starts again`),
  })
  await untilAccepts(port, 'nats-server')
  return {
    eventBus: `nats://127.0.0.1:${port}`,
    description: `a private server on port ${port}`,
    stop: program.stop,
  }
}

/** The URL if a server accepts connections there. */
async function runningAt(url: string): Promise<string | undefined> {
  return (await accepts(Number(new URL(url).port))) ? url : undefined
}
