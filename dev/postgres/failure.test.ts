import { expect, test } from 'vitest'
import { explain, PostgresFailure } from './failure.ts'

const attempt = { dataDir: '/data', port: 5500 }

test.each([
  ['EACCES: permission denied, mkdir', 'no permission to use /data: '],
  ["ENOENT: no such file or directory, mkdir '/data'", '/data cannot be a folder: '],
  ["ENOTDIR: not a directory, mkdir '/data'", '/data cannot be a folder: '],
  ['FATAL:  data directory "/data" has wrong ownership', 'no permission to use /data: '],
  [
    'PANIC:  could not write to file "pg_wal/x": No space left on device',
    'no space is left on the disk of /data: ',
  ],
  ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', 'port 5500 is in use: '],
  ['FATAL:  database files are incompatible with server', '/data was made by another PostgreSQL version: '],
  [
    'FATAL:  could not resize shared memory segment',
    'the machine has too little shared memory for PostgreSQL: ',
  ],
  [
    'initdb: could not look up effective user ID 12345: user does not exist',
    'PostgreSQL needs a name for user id ',
  ],
])('%s is reported in one line that says what to do', (evidence, line) => {
  const failure = explain(new Error(evidence), attempt)
  expect(failure).toBeInstanceOf(PostgresFailure)
  expect(failure.message.startsWith(line)).toBe(true)
  expect(failure.message).not.toContain('\n')
})

test('the last error line of a log without a known cause is reported', () => {
  const log = 'LOG:  starting\n2026-11-21 UTC [1] FATAL:  the moon is full\nLOG:  shut down\n'
  expect(explain(log, attempt).message).toBe('PostgreSQL did not start in /data: the moon is full')
})
