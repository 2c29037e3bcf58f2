// Tested in chaos.services.test.ts: it starts the processes of the run.

import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Postgres, startPostgres } from '../postgres/start-postgres.ts'
import { postgresFolder } from '../shop/subgraphs/server.ts'
import { type Balancer, startBalancer } from '../stack/balancer.ts'
import { freePorts } from '../stack/free-ports.ts'
import { type Program, superviseProgram } from '../stack/program.ts'
import { natsSpec, untilAccepts } from '../stack/servers.ts'
import { type Stack, startStack } from '../stack/start-stack.ts'
import { startWatchdog } from '../stack/watchdog.ts'
import { type Broker, openBroker } from './broker.ts'
import { type Databases, openDatabases } from './databases.ts'

export type WorldOptions = {
  readonly dataDir: string
  readonly instances: number
  readonly onProgress: (line: string) => void
}

/** The shop as processes on private servers, and the means to disturb each of them. */
export type World = {
  readonly stack: Stack
  readonly databases: Databases
  readonly broker: Broker
  readonly nats: Program
  /** In front of each subgraph and, as `broker`, of the broker. */
  readonly balancers: ReadonlyMap<string, Balancer>
  /** kill -9 of the database server, which starts again after a while. */
  restartPostgres(downMs: number): Promise<void>
  stop(): Promise<void>
}

/** Payments give up an authentication after 10 s. An hour of a parcel takes a second. */
const SPEED = 60
const CARRIER_SPEED = 3_600

/** Starts everything in temporary folders on free ports. */
export async function openWorld({ dataDir, instances, onProgress }: WorldOptions): Promise<World> {
  await using opened = new AsyncDisposableStack()
  const watchdog = startWatchdog()
  opened.defer(() => watchdog.close())
  const folder = postgresFolder(dataDir)
  const durability = 'killable'
  const [port = 0, natsPort = 0] = await freePorts(2)
  let postgres: Postgres = await startPostgres({ dataDir: folder, durability, port, onProgress })
  let restarting: Promise<void> = Promise.resolve()
  opened.defer(async () => {
    await restarting
    await postgres.stop()
  })
  // The server is killed and started again on its port, each time with another socket.
  const { tcpUrl: url, ensureDatabase } = postgres
  const nats = superviseProgram(natsSpec(dataDir, natsPort), {
    logs: path.join(dataDir, 'logs'),
    watchdog,
    onEnd: () => {},
  })
  opened.defer(nats.stop)
  await untilAccepts(natsPort, 'nats-server')
  const link = await startBalancer([{ name: 'nats', port: natsPort }])
  opened.defer(link.close)
  const stack = await startStack({
    dataDir,
    server: { url, ensureDatabase },
    eventBus: `nats://127.0.0.1:${link.port}`,
    instances,
    routerPort: 0,
    gatewayPort: 0,
    speed: SPEED,
    carrierSpeed: CARRIER_SPEED,
    size: 'tiny',
    fresh: false,
    // Each shopper has an address of their own, as the limits per address require.
    trustedProxies: 1,
    watchdog,
    onProgress,
  })
  opened.defer(stack.stop)
  const databases = openDatabases({ url, ensureDatabase })
  opened.defer(databases.close)
  const broker = await openBroker(natsPort)
  opened.defer(broker.close)
  const everything = opened.move()

  async function restart(downMs: number): Promise<void> {
    const [pid] = postgres.processIds
    if (pid) process.kill(pid, 'SIGKILL')
    await postgres.exited
    await pause(downMs)
    postgres = await startPostgres({ dataDir: folder, durability, port })
  }

  return {
    ...{ stack, databases, broker, nats },
    balancers: new Map([...stack.balancers, ['broker', link]]),
    restartPostgres(downMs) {
      // One after another: a server that is starting cannot be killed and started at once.
      restarting = restarting.then(() => restart(downMs))
      return restarting
    },
    stop: () => everything.disposeAsync(),
  }
}
