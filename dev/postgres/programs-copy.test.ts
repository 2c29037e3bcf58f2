import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PostgresFailure } from './failure.ts'
import { copyPackage, makeLinks } from './programs-copy.ts'

let folder: string
let home: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-programs-'))
  home = path.join(folder, 'package')
  write('package.json', '{"version": "18.0.0"}')
  write('native/bin/postgres', '', 0o700)
  write('native/lib/libpq.so.5.18', '', 0o600)
  write('native/lib/libpq.a')
  write('native/share/postgres.bki')
  write('native/include/pg.h')
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]
  write('native/pg-symlinks.json', JSON.stringify(links))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

function write(file: string, text = '', mode = 0o644): void {
  mkdirSync(path.dirname(path.join(home, file)), { recursive: true })
  writeFileSync(path.join(home, file), text)
  chmodSync(path.join(home, file), mode)
}

const modeOf = (...place: string[]) => statSync(path.join(...place)).mode & 0o777

test('links of libraries are made, once', () => {
  expect([makeLinks(home), makeLinks(home)]).toEqual([true, true])
  expect(readlinkSync(path.join(home, 'native/lib/libpq.so.5'))).toBe('libpq.so.5.18')
})

test('a package without a list of links needs none; a link that leads nowhere is reported', () => {
  rmSync(path.join(home, 'native/lib/libpq.so.5.18'))
  expect(makeLinks(home)).toBe(false)
  rmSync(path.join(home, 'native/pg-symlinks.json'))
  expect(makeLinks(home)).toBe(true)
})

test('a copy has what PostgreSQL needs, for everybody to read and for nobody else to change', () => {
  makeLinks(home)
  const copy = copyPackage(home, folder)
  expect(path.dirname(copy)).toBe(folder)
  const native = path.join(copy, 'native')
  expect(readdirSync(native).toSorted()).toEqual(['bin', 'lib', 'pg-symlinks.json', 'share'])
  expect(readdirSync(path.join(native, 'lib')).toSorted()).toEqual(['libpq.so.5', 'libpq.so.5.18'])
  expect(readlinkSync(path.join(native, 'lib/libpq.so.5'))).toBe('libpq.so.5.18')
  expect([modeOf(copy), modeOf(native, 'bin'), modeOf(native, 'bin/postgres')]).toEqual([0o755, 0o755, 0o755])
  expect([modeOf(native, 'lib/libpq.so.5.18'), modeOf(native, 'share/postgres.bki')]).toEqual([0o644, 0o644])
})

test('a copy is made once for each version', () => {
  const copy = copyPackage(home, folder)
  rmSync(path.join(copy, 'native/share'), { recursive: true })
  expect(copyPackage(home, folder)).toBe(copy)
  expect(existsSync(path.join(copy, 'native/share'))).toBe(false)
  write('package.json', '{"version": "18.1.0"}')
  expect(copyPackage(home, folder)).not.toBe(copy)
})

test('a copy that others may have changed is refused', () => {
  const copy = copyPackage(home, folder)
  for (const mode of [0o775, 0o757]) {
    chmodSync(copy, mode)
    expect(() => copyPackage(home, folder)).toThrow(PostgresFailure)
    expect(() => copyPackage(home, folder)).toThrow(`${copy} was not made by this user: remove it`)
  }
  rmSync(copy, { recursive: true })
  writeFileSync(copy, '')
  expect(() => copyPackage(home, folder)).toThrow('was not made by this user')
})

test('a copy that belongs to another user is refused', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(54_321)
  expect(() => copyPackage(home, folder)).toThrow('was not made by this user')
})
