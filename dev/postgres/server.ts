// Tested in start-postgres.int.test.ts: the test sends requests to the server.

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from './account.ts'
import { clusterOf } from './cluster.ts'
import { explain } from './failure.ts'
import { readPostmaster } from './postmaster-file.ts'
import { startProgram } from './program.ts'
import { type Durability, serverSettings } from './settings.ts'

export type ServerOptions = {
  dataDir: string
  programs: string
  account: Account | undefined
  socketFolder: string
  durability: Durability
  /** Undefined: any free port. */
  port: number | undefined
}

/**
 * Runs the server on an existing cluster until it accepts connections.
 * @throws PostgresFailure when it ends before that
 */
export async function startServer(options: ServerOptions): Promise<{ child: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const child = launch(options, port)
    if (await becomesReady(child, clusterOf(options.dataDir))) return { child, port }
    const log = readFileSync(logOf(options.dataDir), 'utf8')
    if (attempt > 100 || !passes(log, options.port)) throw explain(log, { dataDir: options.dataDir, port })
    await sleep(100)
  }
}

/**
 * Whether a retry may help: sessions of a killed server take a moment to end, and a free port may have been
 * taken.
 */
function passes(log: string, port: number | undefined): boolean {
  return (
    /pre-existing shared memory block/.test(log) || (port === undefined && /Address already in use/.test(log))
  )
}

function launch(
  { dataDir, programs, account, socketFolder, durability }: ServerOptions,
  port: number,
): ChildProcess {
  return startProgram({
    file: path.join(programs, 'postgres'),
    account,
    folder: clusterOf(dataDir),
    args: serverSettings(durability, port, socketFolder),
    log: logOf(dataDir),
  })
}

const logOf = (dataDir: string) => path.join(dataDir, 'server.log')

async function becomesReady(child: ChildProcess, cluster: string): Promise<boolean> {
  let failure: unknown
  child.once('error', (error) => {
    failure = error
  })
  while (child.exitCode === null && child.signalCode === null) {
    if (failure) throw failure
    const server = readPostmaster(cluster)
    if (server?.pid === child.pid && server?.ready) return true
    await sleep(10)
  }
  return false
}

/** A TCP port of 127.0.0.1 that is free now. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('the port probe has no port')
  return address.port
}
