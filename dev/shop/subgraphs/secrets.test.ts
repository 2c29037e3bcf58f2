import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ShopFailure } from '../start/failure.ts'
import { secretsOf } from './secrets.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-secrets-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** 32 bytes in base64url. */
const KEY = 'A'.repeat(43)

const file = () => path.join(folder, 'secrets.json')

test('secrets are made once, for the owner’s eyes only, and 32 bytes each', () => {
  const secrets = secretsOf(folder)
  expect(statSync(file()).mode & 0o777).toBe(0o600)
  expect(Object.values(secrets).map((text) => Buffer.from(text, 'base64url').length)).toEqual([32, 32])
  expect(secretsOf(folder)).toEqual(secrets)
  expect(readdirSync(folder)).toEqual(['secrets.json'])
})

test('another folder has other secrets, and so has a fresh start', () => {
  const secrets = secretsOf(folder)
  expect(secretsOf(path.join(folder, 'other'))).not.toEqual(secrets)
  const fresh = secretsOf(folder, true)
  expect(fresh).not.toEqual(secrets)
  expect(secretsOf(folder)).toEqual(fresh)
})

test('a file that others may read is closed again', () => {
  secretsOf(folder)
  chmodSync(file(), 0o644)
  secretsOf(folder)
  expect(statSync(file()).mode & 0o777).toBe(0o600)
})

test('a file with two keys of 32 bytes is taken', () => {
  writeFileSync(file(), JSON.stringify({ internalTokenMasterKey: KEY, signingKeySecret: KEY }))
  expect(secretsOf(folder)).toEqual({ internalTokenMasterKey: KEY, signingKeySecret: KEY })
})

test.each([
  '',
  '{"internalTokenMasterKey":',
  ...['internalTokenMasterKey', 'signingKeySecret'].flatMap((name) =>
    [undefined, '', 'short', 'A'.repeat(42), 'A'.repeat(44), 7].map((key) =>
      JSON.stringify({ internalTokenMasterKey: KEY, signingKeySecret: KEY, [name]: key }),
    ),
  ),
])('a damaged file (%j) is refused and left as it is, since data was sealed with what it held', (text) => {
  writeFileSync(file(), text)
  expect(() => secretsOf(folder)).toThrow(
    new ShopFailure(
      `${file()} is damaged: put it back from a backup, or start with --fresh to make new secrets and new data`,
    ),
  )
  expect(readFileSync(file(), 'utf8')).toBe(text)
})

test('a file that cannot be read is not replaced', () => {
  symlinkSync(file(), file())
  expect(() => secretsOf(folder)).toThrow('ELOOP')
})
