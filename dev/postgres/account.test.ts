import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { canEnter, postgresAccount, temporaryRoot } from './account.ts'

let folder: string
beforeEach(() => {
  // Another user may be unable to enter the folder of `tmpdir()`.
  folder = mkdtempSync('/tmp/argyle-account-')
  chmodSync(folder, 0o755)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const isRoot = process.getuid?.() === 0
const STRANGER = { uid: 54_321, gid: 54_321 }

test.each([
  [0o700, { owner: true, group: false, other: false }],
  [0o070, { owner: false, group: true, other: false }],
  [0o007, { owner: false, group: false, other: true }],
  [0o666, { owner: false, group: false, other: false }],
])('a folder of mode %o is entered by those whose bit it has', (mode, expected) => {
  const { uid, gid } = statSync(folder)
  chmodSync(folder, mode)
  expect({
    owner: canEnter({ uid, gid: STRANGER.gid }, folder),
    group: canEnter({ uid: STRANGER.uid, gid }, folder),
    other: canEnter(STRANGER, folder),
  }).toEqual(expected)
})

test('a folder is reached only where each folder above it may be entered', () => {
  const inner = path.join(folder, 'a', 'b')
  mkdirSync(inner, { recursive: true, mode: 0o755 })
  expect(canEnter(STRANGER, inner)).toBe(true)
  chmodSync(folder, 0o700)
  expect(canEnter(STRANGER, inner)).toBe(false)
})

test('short-lived files are where the account reaches them', () => {
  vi.stubEnv('TMPDIR', folder)
  expect([temporaryRoot(undefined), temporaryRoot(STRANGER)]).toEqual([folder, folder])
  chmodSync(folder, 0o700)
  expect([temporaryRoot(undefined), temporaryRoot(STRANGER)]).toEqual([folder, '/tmp'])
})

test('another user than root runs PostgreSQL itself', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(1_000)
  expect(postgresAccount(folder)).toBeUndefined()
})

test.runIf(isRoot)('root runs PostgreSQL as the owner of the cluster, or as nobody', () => {
  const nobody = { uid: 65_534, gid: 65_534 }
  expect(postgresAccount(path.join(folder, 'none'))).toEqual(nobody)
  expect(postgresAccount(folder)).toEqual(nobody)
  chownSync(folder, 1_000, 1_001)
  expect(postgresAccount(folder)).toEqual({ uid: 1_000, gid: 1_001 })
})
