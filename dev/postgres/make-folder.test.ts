import fs, { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { makeFolder } from './make-folder.ts'

const base = mkdtempSync(path.join(tmpdir(), 'argyle-folder-'))
afterEach(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})
afterAll(() => rmSync(base, { recursive: true }))

test('a folder is made with those above it, and may be there already', () => {
  const folder = path.join(base, 'a', 'b', 'c')
  makeFolder(folder)
  makeFolder(folder)
  expect(statSync(folder).isDirectory()).toBe(true)
})

test('a folder that another process makes at the same time is taken', () => {
  const { mkdirSync } = fs
  vi.spyOn(fs, 'mkdirSync').mockImplementation((folder) => {
    mkdirSync(folder)
    throw new Error('EEXIST')
  })
  // For modules that import the function by its name.
  syncBuiltinESMExports()
  const folder = path.join(base, 'd', 'e')
  makeFolder(folder)
  expect(statSync(folder).isDirectory()).toBe(true)
})

test('below a file there is no folder', () => {
  writeFileSync(path.join(base, 'file'), '')
  expect(() => makeFolder(path.join(base, 'file', 'x'))).toThrow('ENOTDIR')
})

// /proc exists only on Linux.
test.runIf(process.platform === 'linux')(
  'below /proc no folder can be made either, which is reported at once',
  () => {
    expect(() => makeFolder('/proc/argyle/x')).toThrow('ENOENT')
  },
)
