import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PostgresFailure } from './failure.ts'

/**
 * Takes the data folder for this process. The lock is the kernel's own file lock, which SQLite is Node's one way to
 * reach: it goes away with its holder, kill -9 included, so there is no stale lock to guess about.
 * @returns gives the folder back
 * @throws PostgresFailure when a living process holds it
 */
export function lockFolder(dataDir: string): () => void {
  const holderFile = path.join(dataDir, 'holder')
  // A holder that was just killed, or is just stopping, gets a second to be gone.
  const lock = new DatabaseSync(path.join(dataDir, 'lock'), { timeout: 1000 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (!(error instanceof Error && error.message === 'database is locked')) throw error
    throw new PostgresFailure(
      `${dataDir} is in use${holder(holderFile)}: stop that, or choose another data folder`,
    )
  }
  writeFileSync(holderFile, String(process.pid))
  return () => lock.close()
}

function holder(file: string): string {
  try {
    return ` by process ${readFileSync(file, 'utf8')}`
  } catch {
    return ''
  }
}
