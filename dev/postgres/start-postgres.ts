import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { type Account, postgresAccount } from './account.ts'
import { addressOf, type PostgresAddress } from './address.ts'
import { clusterOf, makeCluster, passwordOf } from './cluster.ts'
import { explain, requireSpace } from './failure.ts'
import { lockFolder } from './folder-lock.ts'
import { stopLeftover, stopServer } from './leftover.ts'
import { makeFolder } from './make-folder.ts'
import { postgresPrograms } from './programs.ts'
import { startServer } from './server.ts'
import type { Durability } from './settings.ts'
import { makeSocketFolder } from './socket-folder.ts'
import { watchParent } from './watchdog.ts'

export type PostgresOptions = {
  /** The folder of all files of this server; created if missing. */
  dataDir: string
  /** A TCP port of 127.0.0.1; any free one by default. */
  port?: number
  /** `kept` by default. */
  durability?: Durability
  /** Called with a line for each step that takes a while. */
  onProgress?: (line: string) => void
}

export type Postgres = PostgresAddress & {
  /** Stops the server and keeps its data; may be called twice. */
  stop(): Promise<void>
  /** Settles when the server has ended for any reason. */
  exited: Promise<void>
  /** The process ids of the server and of its watchdog, which stops it when this process ends. */
  processIds: readonly number[]
}

/**
 * Starts the PostgreSQL that is installed by npm, as a child of this process, and waits until it accepts
 * connections (about 1 s on a new folder, a quarter of that later). It stops with this process, even one
 * killed by force; an orphaned one is stopped first.
 * @throws PostgresFailure with one line to print: folder in use, no permission, no space, port taken
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const dataDir = path.resolve(options.dataDir)
  const undo: (() => void)[] = []
  try {
    makeFolder(dataDir)
    undo.push(lockFolder(dataDir))
    const account = postgresAccount(clusterOf(dataDir))
    requireSpace(dataDir)
    const socketFolder = makeSocketFolder(dataDir, account)
    undo.push(() => rmSync(socketFolder, { recursive: true, force: true }))
    return await run({ ...options, dataDir }, account, socketFolder, undo)
  } catch (error) {
    for (const step of undo.reverse()) step()
    throw explain(error, { dataDir, port: options.port })
  }
}

async function run(
  options: PostgresOptions,
  account: Account | undefined,
  socketFolder: string,
  undo: (() => void)[],
) {
  const { dataDir, port: wantedPort, durability = 'kept', onProgress = () => {} } = options
  const cluster = clusterOf(dataDir)
  await stopLeftover(cluster)
  const programs = postgresPrograms(account)
  if (!existsSync(cluster)) {
    onProgress('making the PostgreSQL data folder')
    await makeCluster({ dataDir, programs, account, scratch: socketFolder })
  }
  const password = passwordOf(dataDir)
  onProgress('starting PostgreSQL')
  const { child, port } = await startServer({
    dataDir,
    programs,
    account,
    socketFolder,
    durability,
    port: wantedPort,
  })

  const { pid } = child
  if (pid === undefined) throw new Error('a server that is ready has a process id')
  const watchdog = watchParent(pid, socketFolder, account)
  const exited = once(child, 'exit').then(() => {
    watchdog.kill('SIGKILL')
    for (const step of undo.reverse()) step()
  })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) await stopServer(pid)
    await exited
  }
  return {
    ...addressOf({ port, socketFolder, password }),
    stop,
    exited,
    processIds: [pid, watchdog.pid ?? 0],
  }
}
