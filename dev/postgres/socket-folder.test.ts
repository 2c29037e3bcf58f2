import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeSocketFolder } from './socket-folder.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'argyle-sockets-'))
  vi.stubEnv('TMPDIR', dataDir)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(dataDir, { recursive: true })
})

const note = () => path.join(dataDir, 'sockets')

test('the folder of a killed server is removed by the next start', () => {
  const first = makeSocketFolder(dataDir, undefined)
  writeFileSync(path.join(first, '.s.PGSQL.5432'), '')
  expect(readFileSync(note(), 'utf8')).toBe(first)
  const second = makeSocketFolder(dataDir, undefined)
  expect(second).not.toBe(first)
  expect([existsSync(first), existsSync(second)]).toEqual([false, true])
  expect(readFileSync(note(), 'utf8')).toBe(second)
  expect(statSync(second).mode & 0o777).toBe(0o700)
})

test('a folder that is gone already, as after a restart of the machine, is no failure', () => {
  writeFileSync(note(), path.join(dataDir, 'argyle-pg-gone'))
  expect(existsSync(makeSocketFolder(dataDir, undefined))).toBe(true)
})

test('a folder of another name is left alone, whatever the note says', () => {
  const other = mkdtempSync(path.join(dataDir, 'photos-'))
  writeFileSync(note(), other)
  makeSocketFolder(dataDir, undefined)
  expect(existsSync(other)).toBe(true)
})

test.runIf(process.getuid?.() === 0)('the folder belongs to the account of the server', () => {
  const { uid, gid } = statSync(makeSocketFolder(dataDir, { uid: 1_000, gid: 1_001 }))
  expect([uid, gid]).toEqual([1_000, 1_001])
})
