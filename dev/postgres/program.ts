import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import path from 'node:path'
import { type Account, canEnter } from './account.ts'

/** A PostgreSQL program to run on a folder. */
export type PostgresProgram = {
  /** The program file. */
  file: string
  account: Account | undefined
  /** The cluster, given to the program as `-D`. */
  folder: string
  args: readonly string[]
  /** The file for its output; truncated first. */
  log: string
}

/**
 * Starts a PostgreSQL program in its own process group (ctrl-c is for the parent, which then stops the
 * server) and with a clean environment, without PGPORT and the like.
 */
export function startProgram({ file, account, folder, args, log }: PostgresProgram): ChildProcess {
  const logFile = openSync(log, 'w')
  const door = account && !canEnter(account, path.dirname(folder)) ? openSync(folder, 'r') : undefined
  try {
    return spawn(file, ['-D', door === undefined ? folder : '/proc/self/fd/3', ...args], {
      ...account,
      cwd: '/',
      detached: true,
      // A folder inside root's 0700 home cannot be opened by path, but through an inherited descriptor.
      stdio: ['ignore', logFile, logFile, ...(door === undefined ? [] : [door])],
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    })
  } finally {
    closeSync(logFile)
    if (door !== undefined) closeSync(door)
  }
}
