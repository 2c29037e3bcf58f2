import { setTimeout as pause } from 'node:timers/promises'
import { ShopFailure } from '../shop/start/failure.ts'
import type { Balancer } from './balancer.ts'
import type { Program } from './program.ts'

/** `ready`: /health/ready answers 200. `not ready`: it answers otherwise. `silent`: nothing answers. */
export type Health = 'ready' | 'not ready' | 'silent'

const EVERY_MS = 1_000
/** An instance that answers no later than this is usable. */
const ANSWER_MS = 2_000

export async function healthOf(port: number, answerMs = ANSWER_MS): Promise<Health> {
  try {
    const signal = AbortSignal.timeout(answerMs)
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal })
    await answer.arrayBuffer()
    return answer.status === 200 ? 'ready' : 'not ready'
  } catch {
    return 'silent'
  }
}

export type HealthWatch = {
  of(name: string): Health
  stop(): void
}

/** Asks every program for its health, once a second, and keeps instances that are not ready from their balancer. */
export function watchHealth(
  programs: readonly Program[],
  balancers: ReadonlyMap<string, Balancer>,
): HealthWatch {
  const known = new Map<string, Health>()
  const asking = new Set<string>()
  const ask = async ({ name, service, port }: Program) => {
    if (asking.has(name)) return
    asking.add(name)
    const health = await healthOf(port)
    asking.delete(name)
    known.set(name, health)
    balancers.get(service)?.setUsable(name, health === 'ready')
  }
  const look = () => void Promise.all(programs.map(ask))
  look()
  const timer = setInterval(look, EVERY_MS)
  return {
    of: (name) => known.get(name) ?? 'silent',
    stop: () => clearInterval(timer),
  }
}

/** @throws ShopFailure that names the programs that are not ready in time */
export async function untilReady(
  programs: readonly Program[],
  { of }: HealthWatch,
  limitMs: number,
): Promise<void> {
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
