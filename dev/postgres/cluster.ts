// Tested in start-postgres.int.test.ts: the test sends requests to the server.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import type { Account } from './account.ts'
import { PostgresFailure } from './failure.ts'
import { startProgram } from './program.ts'

/** The superuser of the embedded server. */
export const superuser = 'argyle'

/** The folder of the cluster inside the data folder. */
export const clusterOf = (dataDir: string): string => path.join(dataDir, 'cluster')

/** The superuser's password, stored only in this data folder; undefined before the cluster exists. */
export function readPassword(dataDir: string): string | undefined {
  const file = passwordFile(dataDir)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

export type ClusterOptions = {
  dataDir: string
  programs: string
  account: Account | undefined
  scratch: string
}

/**
 * Creates the cluster in a data folder without one. It is renamed into place when complete, so an interrupted
 * first start does not disturb the next.
 * @param options.scratch a folder that the account can read, used briefly
 * @returns the superuser's password
 * @throws PostgresFailure or Error with the output of initdb
 */
export async function makeCluster({ dataDir, programs, account, scratch }: ClusterOptions): Promise<string> {
  const partial = path.join(dataDir, 'cluster.partial')
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { mode: 0o700 })
  if (account) chownSync(partial, account.uid, account.gid)

  const password = randomBytes(24).toString('base64url')
  const handover = path.join(scratch, 'password')
  writeFileSync(handover, password, { mode: 0o600 })
  if (account) chownSync(handover, account.uid, account.gid)
  try {
    await initialise(
      path.join(programs, 'initdb'),
      partial,
      account,
      handover,
      path.join(dataDir, 'initdb.log'),
    )
  } finally {
    rmSync(handover)
  }
  writeFileSync(passwordFile(dataDir), password, { mode: 0o600 })
  chmodSync(passwordFile(dataDir), 0o600)
  renameSync(partial, clusterOf(dataDir))
  return password
}

async function initialise(
  file: string,
  folder: string,
  account: Account | undefined,
  handover: string,
  log: string,
) {
  const args = [
    `--username=${superuser}`,
    `--pwfile=${handover}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The same text order on every machine, whatever its locales.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    // A crash here leaves only the incomplete folder, which the next start replaces.
    '--no-sync',
    '--no-instructions',
  ]
  const initdb = startProgram({ file, account, folder, args, log })
  const [code] = await Promise.race([
    once(initdb, 'close'),
    once(initdb, 'error').then(([error]) => Promise.reject(error)),
  ])
  if (code !== 0) throw new Error(readFileSync(log, 'utf8') || `initdb ended with ${code}`)
}

const passwordFile = (dataDir: string) => path.join(dataDir, 'password')

/** The password of an existing cluster. */
export function passwordOf(dataDir: string): string {
  const password = readPassword(dataDir)
  if (password === undefined)
    throw new PostgresFailure(
      `${passwordFile(dataDir)} is missing: put it back, or start afresh in another data folder`,
    )
  return password
}
