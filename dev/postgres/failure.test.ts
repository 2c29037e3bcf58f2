import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { afterEach, expect, test, vi } from 'vitest'
import { explain, PostgresFailure, requireSpace } from './failure.ts'

afterEach(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})

const attempt = { dataDir: '/data', port: 5500 }

const SPACE = 'no space is left on the disk of /data: free some, or choose another data folder'
const PERMISSION =
  'no permission to use /data: give this user the folder (chown), or choose another data folder'
const FOLDER = '/data cannot be a folder: choose another data folder'
const VERSION = '/data was made by another PostgreSQL version: move it away, or choose another data folder'
const MEMORY =
  'the machine has too little shared memory for PostgreSQL: free memory, or enlarge /dev/shm (docker: --shm-size)'

test.each([
  ['PANIC:  could not write to file "pg_wal/x": No space left on device', SPACE],
  ['ENOSPC: no space left, write', SPACE],
  ['EACCES: permission denied, mkdir', PERMISSION],
  ['EPERM: chown', PERMISSION],
  ['EROFS: mkdir', PERMISSION],
  ['could not open file "/data/cluster": Permission denied', PERMISSION],
  ['could not change permissions: Operation not permitted', PERMISSION],
  ['FATAL:  data directory "/data" has wrong ownership', PERMISSION],
  ['unable to open database file', PERMISSION],
  ['attempt to write a readonly database', PERMISSION],
  ["ENOENT: no such file or directory, mkdir '/data'", FOLDER],
  ["ENOTDIR: not a directory, mkdir '/data'", FOLDER],
  ["EEXIST: file already exists, mkdir '/data'", FOLDER],
  [
    'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use',
    'port 5500 is in use: stop the program that listens there, or choose another port for PostgreSQL',
  ],
  ['FATAL:  database files are incompatible with server', VERSION],
  ['DETAIL:  The data directory was initialized by PostgreSQL version 15', VERSION],
  ['FATAL:  could not create shared memory segment', MEMORY],
  ['FATAL:  could not resize shared memory segment', MEMORY],
  ['FATAL:  could not map anonymous shared memory: Cannot allocate memory', MEMORY],
  [
    'initdb: could not look up effective user ID 12345: user does not exist',
    `PostgreSQL needs a name for user id ${process.getuid?.()}: add it to /etc/passwd, or start as another user`,
  ],
])('%s is reported in one line that says what to do', (evidence, line) => {
  const error = new Error(evidence)
  expect(explain(error, attempt)).toEqual(new PostgresFailure(line, { cause: error }))
})

test('the last error line of a log without a known cause is reported', () => {
  const lines = ['LOG:  starting', 'FATAL:  it rains', '2026-11-21 UTC [1] FATAL:  the moon is full']
  const log = `${lines.join('\n')}\nLOG:  shut down\n`
  expect(explain(log, attempt).message).toBe('PostgreSQL did not start in /data: the moon is full')
  expect(explain(' shut down\n', attempt).message).toBe('PostgreSQL did not start in /data: shut down')
})

test('a failure that is explained already stays as it is', () => {
  const failure = new PostgresFailure('/data is in use')
  expect(explain(failure, attempt)).toBe(failure)
})

test('a start needs 64 MB on the disk of the data folder', () => {
  // The parts of the figures that are read.
  const figures = (bavail: number) => ({ bavail, bsize: 4_096 }) as ReturnType<typeof fs.statfsSync>
  const statfs = vi.spyOn(fs, 'statfsSync')
  // For modules that import the function by its name.
  syncBuiltinESMExports()
  const free = (blocks: number) => statfs.mockReturnValue(figures(blocks))
  free(16_384)
  requireSpace('/data')
  free(16_383)
  expect(() => requireSpace('/data')).toThrow(new PostgresFailure(SPACE))
  expect(statfs).toHaveBeenLastCalledWith('/data')
})
