import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readPostmaster } from './postmaster-file.ts'

let cluster: string
beforeEach(() => {
  cluster = mkdtempSync(path.join(tmpdir(), 'argyle-postmaster-'))
})
afterEach(() => rmSync(cluster, { recursive: true }))

const write = (...lines: unknown[]) => writeFileSync(path.join(cluster, 'postmaster.pid'), lines.join('\n'))

const PLACE = ['/data/cluster', 1_795_000_000, 5_433, '/tmp/argyle-pg-1', '127.0.0.1', '1 1']
const found = { pid: 4_711, port: 5_433, socketFolder: '/tmp/argyle-pg-1' }

test.each([
  ['ready   ', true],
  ['starting', false],
  ['stopping', false],
])('a server whose status is "%s" is ready: %s', (status, ready) => {
  write(4_711, ...PLACE, status, '')
  expect(readPostmaster(cluster)).toEqual({ ...found, ready })
})

test('a server that has not written its status yet is not ready', () => {
  write(4_711, ...PLACE)
  expect(readPostmaster(cluster)).toEqual({ ...found, ready: false })
})

test('there is no server without a file, or with one that names no process', () => {
  expect(readPostmaster(cluster)).toBeUndefined()
  for (const pid of ['', '0', '-4711', 'x']) {
    write(pid, ...PLACE, 'ready')
    expect(readPostmaster(cluster)).toBeUndefined()
  }
})
