// Tested in ../chaos/chaos.services.test.ts: the test runs the processes.

import { availableParallelism } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { generate } from '../generate.ts'
import { type Contents, prepareDatabases } from '../shop/subgraphs/databases.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import type { Balancer } from './balancer.ts'
import { type Health, type HealthWatch, healthOf, untilReady, watchHealth } from './health.ts'
import { inTurns } from './in-turns.ts'
import { type Program, type ProgramSpec, superviseProgram } from './program.ts'
import { ROUTER, type Wiring } from './services.ts'
import type { Watchdog } from './watchdog.ts'
import { type WiringOptions, wire } from './wire.ts'

export type StackOptions = WiringOptions & {
  readonly size: Contents['size']
  readonly watchdog: Watchdog
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
    // Processes that all start at once would exceed each other's time limits.
    await inTurns(wired.specs, 2 * availableParallelism(), async (spec) => {
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

async function untilHealthy({ port }: ProgramSpec): Promise<void> {
  const end = performance.now() + START_MS
  while ((await healthOf(port)) !== 'ready' && performance.now() < end) await pause(50)
}
