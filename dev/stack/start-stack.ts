// Tested in ../chaos/chaos.services.test.ts: the test runs the processes.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { environment } from '@argyle/kit/config'
import { parseDocument } from 'yaml'
import { serviceSupergraph } from '../docker/supergraph.ts'
import { generate } from '../generate.ts'
import { root } from '../repository.ts'
import { ShopFailure } from '../shop/start/failure.ts'
import { type Contents, prepareDatabases, type Server } from '../shop/subgraphs/databases.ts'
import { secretsOf } from '../shop/subgraphs/secrets.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { type Backend, type Balancer, startBalancer } from './balancer.ts'
import { freePorts } from './free-ports.ts'
import { type Health, type HealthWatch, healthOf, watchHealth } from './health.ts'
import { type Program, type ProgramSpec, superviseProgram } from './program.ts'
import { carrierSpec, gatewaySpec, ROUTER, routerSpec, subgraphSpec, type Wiring } from './services.ts'
import type { Watchdog } from './watchdog.ts'

export type StackOptions = {
  /** Folder of secrets, logs and the composed supergraph. */
  readonly dataDir: string
  readonly server: Server
  /** `nats://host:port`. */
  readonly eventBus: string
  /** Processes of each subgraph. */
  readonly instances: number
  /** 0: any free port. */
  readonly routerPort: number
  readonly gatewayPort: number
  /** Factor by which payments and parcels are faster than in reality. */
  readonly speed: number
  readonly carrierSpeed: number
  readonly size: Contents['size']
  readonly fresh: boolean
  readonly watchdog: Watchdog
  /**
   * Number of proxies in front of the router that are trusted to report client addresses; the one of
   * router.yaml by default.
   */
  readonly trustedProxies?: number
  readonly onProgress: (line: string) => void
}

export type Stack = {
  readonly url: string
  readonly gatewayUrl: string
  readonly carrierUrl: string
  readonly wiring: Wiring
  readonly programs: readonly Program[]
  /** By subgraph. */
  readonly balancers: ReadonlyMap<string, Balancer>
  health(name: string): Health
  /** @throws ShopFailure that names the programs that are not ready in time */
  untilReady(limitMs?: number): Promise<void>
  stop(): Promise<void>
}

const WORKERS = 2
const READY_MS = 120_000
/** Time after which the waiting programs start even if no turn is free. */
const START_MS = 15_000

/**
 * Starts every subgraph, the external servers and the router as separate processes, and waits until all are
 * ready.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, server, size, fresh, watchdog, onProgress } = options
  await generate({ names: SUBGRAPH_NAMES, onProgress })
  const contents = { size, fresh, now: Date.now, onProgress }
  const { askForOthers } = await prepareDatabases(server, SUBGRAPH_NAMES, contents)
  await askForOthers()
  const wired = await wire(options)
  onProgress(`starting ${wired.specs.length} processes`)
  const programs: Program[] = []
  let health: HealthWatch | null = null
  const stop = async () => {
    health?.stop()
    // Callers are stopped before the services that they call.
    await Promise.all(programs.filter(({ service }) => service === ROUTER).map((program) => program.stop()))
    await Promise.all(programs.map((program) => program.stop()))
    await Promise.all([...wired.balancers.values()].map((balancer) => balancer.close()))
  }
  const onEnd = ({ name, log }: Program, how: string) =>
    onProgress(`${name} ended (${how}); it starts again. Its log: ${log}`)
  try {
    const place = { logs: path.join(dataDir, 'logs'), watchdog, onEnd }
    await inTurns(wired.specs, async (spec) => {
      programs.push(superviseProgram(spec, place))
      await untilHealthy(spec)
    })
    programs.sort((one, other) => indexOf(wired.specs, one) - indexOf(wired.specs, other))
    const watch = watchHealth(programs, wired.balancers)
    health = watch
    const { wiring, balancers } = wired
    const stack: Stack = {
      url: `http://127.0.0.1:${wiring.routerPort}/graphql`,
      gatewayUrl: `http://127.0.0.1:${wiring.gatewayPort}`,
      carrierUrl: `http://127.0.0.1:${wiring.carrierPort}`,
      ...{ wiring, programs, balancers, health: watch.of, stop },
      untilReady: (limitMs = READY_MS) => untilReady(programs, watch, limitMs),
    }
    await stack.untilReady()
    return stack
  } catch (error) {
    await stop()
    throw error
  }
}

const indexOf = (specs: readonly ProgramSpec[], { name }: Program) =>
  specs.findIndex((spec) => spec.name === name)

/**
 * Runs work for some items at a time. Processes that all start at once would exceed each other's time limits.
 */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items].reverse()
  const worker = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await work(next)
  }
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, worker))
}

async function untilHealthy({ port }: ProgramSpec): Promise<void> {
  const end = performance.now() + START_MS
  while ((await healthOf(port)) !== 'ready' && performance.now() < end) await pause(50)
}

async function untilReady(programs: readonly Program[], { of }: HealthWatch, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs
  for (;;) {
    const late = programs.filter(({ name }) => of(name) !== 'ready')
    if (late.length === 0) return
    if (performance.now() > end) {
      const reasons = late.map(({ name, log }) => `${name} is ${of(name)} (${log})`)
      throw new ShopFailure(`not ready after ${limitMs / 1_000} s: ${reasons.join(', ')}`)
    }
    await pause(100)
  }
}

/** router.yaml, or a copy of it with another number of trusted proxies. */
function routerSettings(dataDir: string, trustedProxies: number | undefined): string {
  const file = path.join(root, 'router.yaml')
  if (trustedProxies === undefined) return file
  const settings = parseDocument(readFileSync(file, 'utf8'))
  settings.setIn(['http', 'trusted_proxies'], trustedProxies)
  const own = path.join(dataDir, 'router.yaml')
  writeFileSync(own, settings.toString())
  return own
}

/** Ports and settings of all processes, and the balancers in front of the subgraphs. */
async function wire({ dataDir, server, fresh, instances, trustedProxies, ...options }: StackOptions) {
  const [router = 0, gateway = 0, carrier = 0, ...rest] = await freePorts(
    3 + SUBGRAPH_NAMES.length * instances,
  )
  const balancers = new Map<string, Balancer>()
  const placed = SUBGRAPH_NAMES.map((name, index) => {
    const ports = rest.slice(index * instances, (index + 1) * instances)
    return { name, instances: ports.map((port, place) => ({ instance: place + 1, port })) }
  })
  for (const { name, instances: own } of placed) {
    const backends: Backend[] = own.map(({ instance, port }) => ({ name: `${name}-${instance}`, port }))
    balancers.set(name, await startBalancer(backends))
  }
  const subgraphUrl = (name: string) => `http://127.0.0.1:${balancers.get(name)?.port}/graphql`
  mkdirSync(dataDir, { recursive: true })
  const supergraph = path.join(dataDir, 'supergraph.graphql')
  writeFileSync(supergraph, serviceSupergraph(root, subgraphUrl))
  const wiring: Wiring = {
    ...options,
    secrets: secretsOf(dataDir, fresh),
    databaseUrl: server.url,
    subgraphUrl,
    routerPort: options.routerPort || router,
    gatewayPort: options.gatewayPort || gateway,
    carrierPort: carrier,
    base: {
      PATH: environment().PATH,
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      NODE_COMPILE_CACHE: path.join(tmpdir(), 'node-compile-cache'),
    },
  }
  const subgraphs = placed.flatMap(({ name, instances: own }) =>
    own.map((one) => subgraphSpec(name, one, wiring)),
  )
  return {
    wiring,
    balancers,
    specs: [
      gatewaySpec(wiring),
      carrierSpec(wiring),
      ...subgraphs,
      routerSpec(wiring, { supergraph, settings: routerSettings(dataDir, trustedProxies), workers: WORKERS }),
    ],
  }
}
