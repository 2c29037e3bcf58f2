import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import path from 'node:path'
import { type Account, canEnter } from './account.ts'

/** A PostgreSQL program to run on a folder. */
export type Program = {
  /** The program file. */
  file: string
  account: Account | undefined
  /** The cluster, given to the program as `-D`. */
  folder: string
  args: readonly string[]
  /** The file that gets all it writes; emptied first. */
  log: string
}

/**
 * Starts a PostgreSQL program in a process group of its own (ctrl-c is for the parent, which stops the server in its turn)
 * and with an environment that holds nothing of this one's, PGPORT and the like least of all.
 */
export function startProgram({ file, account, folder, args, log }: Program): ChildProcess {
  const logFile = openSync(log, 'w')
  const door = account && !canEnter(account, path.dirname(folder)) ? openSync(folder, 'r') : undefined
  try {
    return spawn(file, ['-D', door === undefined ? folder : '/proc/self/fd/3', ...args], {
      ...account,
      cwd: '/',
      detached: true,
      // A folder under root's own 0700 home cannot be entered by path; an open descriptor of it can.
      stdio: ['ignore', logFile, logFile, ...(door === undefined ? [] : [door])],
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    })
  } finally {
    closeSync(logFile)
    if (door !== undefined) closeSync(door)
  }
}
