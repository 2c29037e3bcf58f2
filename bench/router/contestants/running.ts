import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Arena } from '../arena.ts'
import { ask } from '../processes/commands.ts'
import { startProcess } from '../processes/start-process.ts'
import type { Contestant } from './contestant.ts'
import { peerFolder } from './peers.ts'

/** A running contestant that listens on `port`. */
export type Running = {
  readonly contestant: Contestant
  readonly pid: number
  readonly port: number
  /** Sends a command to the probe (measure/probe.ts). */
  ask<T>(command: string, argument?: unknown): Promise<T>
  stop(): Promise<void>
}

const PROBE = new URL('../measure/probe.mjs', import.meta.url).href
const READY_MS = 60_000

/** Starts a contestant, alone on its core. @throws Error with the reason and its output. */
export async function startContestant(contestant: Contestant, arena: Arena): Promise<Running> {
  const { peer } = contestant
  if (peer && !existsSync(join(peerFolder(peer), 'node_modules'))) {
    throw new Error(`its packages are missing: (cd bench/router/peers/${peer} && npm install)`)
  }
  const port = await freePort()
  const { args, folder, environment } = contestant.program({ ...arena.setting, port })
  const started = startProcess({
    args: ['--import', PROBE, ...args],
    folder,
    environment,
    cores: arena.routerCores,
  })
  try {
    await ready(port, () => started.child.exitCode !== null)
  } catch (error) {
    await started.stop()
    throw new Error(`${String(error)}: ${started.output().slice(-1_500).trim()}`)
  }
  return {
    contestant,
    pid: started.pid,
    port,
    ask: (command, argument) => ask(started.child, command, argument),
    stop: started.stop,
  }
}

async function ready(port: number, hasEnded: () => boolean): Promise<void> {
  const until = performance.now() + READY_MS
  while (performance.now() < until) {
    if (hasEnded()) throw new Error('it ended')
    if (await answers(port)) return
    await sleep(100)
  }
  throw new Error(`it did not answer within ${READY_MS} ms`)
}

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ query: '{ __typename }' }),
      signal: AbortSignal.timeout(2_000),
    })
    await response.text()
    return response.ok
  } catch {
    return false
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
