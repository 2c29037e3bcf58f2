import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { PostgresFailure } from './failure.ts'

/**
 * Locks the data folder for this process, by the kernel's file lock, which Node offers only through SQLite.
 * The kernel releases it when the process ends, kill -9 included, so there are no stale locks.
 * @returns releases the lock
 * @throws PostgresFailure if a running process holds it
 */
export function lockFolder(dataDir: string): () => void {
  const holderFile = path.join(dataDir, 'holder')
  // Allow a second for a process that was just killed or is stopping.
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
