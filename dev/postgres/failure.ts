import { statfsSync } from 'node:fs'

/** The reason why PostgreSQL cannot run here: one line that says what to do, printed without a stack. */
export class PostgresFailure extends Error {
  override readonly name = 'PostgresFailure'
}

/** The data folder and port of a failed start, for the message. */
export type Attempt = { dataDir: string; port: number | undefined }

// Disk space that initdb needs for a new cluster and its first log segments.
const SPACE_TO_START = 64 * 1024 * 1024

/**
 * Checks for enough disk space to start: a server on a full disk cannot even log the reason.
 * @throws PostgresFailure if there is less
 */
export function requireSpace(dataDir: string): void {
  const { bavail, bsize } = statfsSync(dataDir)
  if (bavail * bsize < SPACE_TO_START) throw explain('ENOSPC', { dataDir, port: undefined })
}

const causes: { sign: RegExp; line: (attempt: Attempt) => string }[] = [
  {
    sign: /No space left on device|ENOSPC/,
    line: ({ dataDir }) =>
      `no space is left on the disk of ${dataDir}: free some, or choose another data folder`,
  },
  {
    sign: /could not bind .*Address already in use/,
    line: ({ port }) =>
      `port ${port} is in use: stop the program that listens there, or choose another port for PostgreSQL`,
  },
  {
    sign: /Permission denied|EACCES|EPERM|EROFS|Operation not permitted|wrong ownership|unable to open database file|readonly database/,
    line: ({ dataDir }) =>
      `no permission to use ${dataDir}: give this user the folder (chown), or choose another data folder`,
  },
  {
    sign: /ENOENT.*mkdir|ENOTDIR|EEXIST.*mkdir/,
    line: ({ dataDir }) => `${dataDir} cannot be a folder: choose another data folder`,
  },
  {
    sign: /initialized by PostgreSQL version|database files are incompatible/,
    line: ({ dataDir }) =>
      `${dataDir} was made by another PostgreSQL version: move it away, or choose another data folder`,
  },
  {
    sign: /could not look up effective user ID/,
    line: () =>
      `PostgreSQL needs a name for user id ${process.getuid?.()}: add it to /etc/passwd, or start as another user`,
  },
  {
    sign: /could not create shared memory segment|could not resize shared memory|Cannot allocate memory/,
    line: () =>
      'the machine has too little shared memory for PostgreSQL: free memory, or enlarge /dev/shm (docker: --shm-size)',
  },
]

/**
 * Turns the output of initdb or the server, or a file system error, into one line.
 * @param evidence log text or an error
 */
export function explain(evidence: unknown, attempt: Attempt): PostgresFailure {
  if (evidence instanceof PostgresFailure) return evidence
  const text = evidence instanceof Error ? evidence.message : String(evidence)
  const cause = causes.find(({ sign }) => sign.test(text))
  if (cause) return new PostgresFailure(cause.line(attempt), { cause: evidence })
  const decisive =
    text.split('\n').findLast((line) => /FATAL|PANIC|error|could not/i.test(line)) ?? text.trim()
  return new PostgresFailure(
    `PostgreSQL did not start in ${attempt.dataDir}: ${decisive.replace(/^.*?(FATAL|PANIC): +/, '')}`,
    { cause: evidence },
  )
}
