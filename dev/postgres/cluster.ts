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

/** The superuser's password, which this data folder alone holds; undefined when nothing was made here yet. */
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
 * Makes the cluster in a data folder that has none. It takes its name only when whole, so an interrupted first start
 * leaves nothing that a second one would trip over.
 * @param options.scratch a folder that the account can read, for a moment
 * @returns the superuser's password
 * @throws PostgresFailure or Error whose message is what initdb wrote
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
    // The same order of text on every machine, whatever locales it has.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    // A crash this early leaves only the partial folder, which the next start makes anew.
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

/** The password of a cluster that exists. */
export function passwordOf(dataDir: string): string {
  const password = readPassword(dataDir)
  if (password === undefined)
    throw new PostgresFailure(
      `${passwordFile(dataDir)} is missing: put it back, or start afresh in another data folder`,
    )
  return password
}
