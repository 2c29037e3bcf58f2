// Tested in chaos.services.test.ts: the faults need running processes.

import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { chance } from '../seed/random/chance.ts'
import { gatewaySettings } from '../shop/outside/sandbox-gateway.ts'
import { shippingSettings } from '../shop/outside/simulated-carrier.ts'
import { ROUTER } from '../stack/services.ts'
import type { Fault, PlannedFault, ServerFaults } from './plan.ts'
import type { World } from './world.ts'

/** Time for which a killed process is down. */
const DOWN_MS = 200
const CALL_MS = 3_000

/** Causes the planned faults, each at its time. @param onFault called with each before it occurs */
export async function disturb(
  world: World,
  plan: readonly PlannedFault[],
  { seed, onFault, signal }: { seed: number; onFault: (planned: PlannedFault) => void; signal: AbortSignal },
): Promise<void> {
  const start = performance.now()
  const underWay: Promise<unknown>[] = []
  for (const [index, planned] of plan.entries()) {
    const left = start + planned.atMs - performance.now()
    if (left > 0) await pause(left, undefined, { signal }).catch(() => {})
    if (signal.aborted) break
    onFault(planned)
    // A fault whose server is unavailable has no effect.
    underWay.push(apply(world, planned.fault, { seed, index }).catch(() => {}))
  }
  await Promise.all(underWay)
}

async function apply(world: World, fault: Fault, from: { seed: number; index: number }): Promise<void> {
  const { stack, nats, databases, broker, balancers } = world
  const program = (name: string) => stack.programs.find((one) => one.name === name)
  switch (fault.kind) {
    case 'kill':
      return program(fault.target)?.kill(
        DOWN_MS,
        fault.failpoint ? { FAILPOINTS: fault.failpoint } : undefined,
      )
    case 'kill-worker':
      return killWorker(program(ROUTER)?.pid(), fault.place)
    case 'freeze': {
      program(fault.target)?.signal('SIGSTOP')
      await pause(fault.ms)
      program(fault.target)?.signal('SIGCONT')
      return
    }
    case 'restart-broker':
      return nats.kill(fault.ms)
    case 'restart-database':
      return world.restartPostgres(fault.ms)
    case 'cut-database':
      return void (await databases.cut(fault.database))
    case 'cut':
      return void balancers.get(fault.target)?.cut()
    case 'hold': {
      balancers.get(fault.target)?.hold()
      await pause(fault.ms)
      balancers.get(fault.target)?.release()
      return
    }
    case 'gateway':
    case 'carrier': {
      await setFaults(world, fault.kind, fault.faults)
      await pause(fault.ms)
      return setFaults(world, fault.kind, {})
    }
    case 'duplicate':
      return void (await broker.duplicate(
        chance(from.seed, 'chaos duplicates', from.index),
        fault.count,
        fault.overMs,
      ))
  }
}

async function killWorker(router: number | undefined, place: number): Promise<void> {
  if (router === undefined) return
  const { stdout } = await promisify(execFile)('pgrep', ['-P', String(router)])
  const pid = stdout.trim().split('\n')[place]
  if (pid) process.kill(Number(pid), 'SIGKILL')
}

async function setFaults(
  { stack }: World,
  server: 'gateway' | 'carrier',
  faults: ServerFaults,
): Promise<void> {
  const { secrets } = stack.wiring
  const [url, key] =
    server === 'gateway'
      ? [stack.gatewayUrl, gatewaySettings(secrets, stack.gatewayUrl).SANDBOX_GATEWAY_KEY]
      : [stack.carrierUrl, shippingSettings(secrets).CARRIER_API_KEY]
  const answer = await fetch(new URL('/v1/faults', url), {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(faults),
    signal: AbortSignal.timeout(CALL_MS),
  })
  if (!answer.ok) throw new Error(`${server} refused the faults: ${await answer.text()}`)
}

/**
 * Ends every fault: all processes run, no failpoint is armed, no connection is held, and both external
 * servers behave normally.
 */
export async function heal(world: World): Promise<void> {
  const { stack, nats, balancers } = world
  for (const balancer of balancers.values()) balancer.release()
  for (const program of [...stack.programs, nats]) program.signal('SIGCONT')
  // A process that is armed to kill itself is replaced by one that is not.
  for (const program of stack.programs) if (program.hasOwnSettings()) program.kill(0)
  for (const server of ['gateway', 'carrier'] as const) await insist(() => setFaults(world, server, {}))
  await stack.untilReady()
}

const HEALING_MS = 30_000

/** Repeats work until it succeeds. @throws its last error after 30 s */
async function insist(work: () => Promise<void>): Promise<void> {
  const end = performance.now() + HEALING_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > end) throw error
      await pause(200)
    }
  }
}
