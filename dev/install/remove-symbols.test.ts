import {
  chmodSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeSymbols, withoutSymbols } from './remove-symbols.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-symbols-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

// x86-64 and AArch64 code that exits with status 0 for any arguments.
const EXIT = {
  x64: { machine: 62, code: Buffer.from('31ffb83c0000000f05', 'hex') },
  arm64: { machine: 183, code: Buffer.from('a80b8052000080d2010000d4', 'hex') },
} as const

/** The smallest program with symbols: one segment, followed by a section of 1,000 bytes and the section table. */
function program(sections = 2): Buffer {
  const { machine, code } = process.arch === 'arm64' ? EXIT.arm64 : EXIT.x64
  const base = 0x400000
  const size = 64 + 56 + code.length
  const file = Buffer.alloc(size + 1_000 + 64 * sections)
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  file.writeUInt16LE(2, 16) // e_type: an executable
  file.writeUInt16LE(machine, 18)
  file.writeUInt32LE(1, 20)
  file.writeBigUInt64LE(BigInt(base + 64 + 56), 24) // e_entry
  file.writeBigUInt64LE(64n, 32)
  file.writeBigUInt64LE(BigInt(size + 1_000), 40)
  for (const [at, value] of [
    [52, 64],
    [54, 56],
    [56, 1],
    [58, 64],
    [60, sections],
    [62, sections - 1],
  ] as const)
    file.writeUInt16LE(value, at)
  file.writeUInt32LE(1, 64) // p_type: a segment to load
  file.writeUInt32LE(5, 68) // p_flags: read and execute
  file.writeBigUInt64LE(BigInt(base), 64 + 16)
  file.writeBigUInt64LE(BigInt(base), 64 + 24)
  file.writeBigUInt64LE(BigInt(size), 64 + 32)
  file.writeBigUInt64LE(BigInt(size), 64 + 40)
  file.writeBigUInt64LE(0x1000n, 64 + 48)
  file.set(code, 64 + 56)
  return file
}

/** The program with another number at an offset of its header. */
function withNumber(at: number, value: number): Buffer {
  const file = program()
  file.writeUInt16LE(value, at)
  return file
}

function write(content: Buffer): string {
  const file = path.join(folder, 'program')
  writeFileSync(file, content)
  chmodSync(file, 0o755)
  return file
}

test.runIf(process.platform === 'linux')('a program is cut after its last segment, and still runs', () => {
  const whole = program()
  const file = write(whole)
  expect(removeSymbols(file)).toBe(true)
  const left = readFileSync(file)
  expect(left).toHaveLength(whole.length - 1_000 - 2 * 64)
  expect(left.subarray(64)).toEqual(whole.subarray(64, left.length))
  expect(statSync(file).mode & 0o777).toBe(0o755)
  expect(removeSymbols(file)).toBe(false)
})

test.runIf(process.platform === 'linux')('its other hard links become links to the smaller file', () => {
  const file = write(program())
  const [link, other] = [path.join(folder, 'link'), path.join(folder, 'other')]
  linkSync(file, link)
  writeFileSync(other, 'another file')
  expect(removeSymbols(file, [file, link, other])).toBe(true)
  expect(statSync(link).ino).toBe(statSync(file).ino)
  expect(readFileSync(other, 'utf8')).toBe('another file')
  expect(readdirSync(folder).toSorted()).toEqual(['link', 'other', 'program'])
})

test('a program that does not run after the cut is restored', () => {
  const whole = program()
  whole.writeUInt16LE(0xffff, 18) // e_machine: none that exists
  const file = write(whole)
  expect(removeSymbols(file)).toBe(false)
  expect(readFileSync(file).equals(whole)).toBe(true)
  expect(readdirSync(folder)).toEqual(['program'])
})

test.each([
  ['a script', Buffer.from('#!/bin/sh\nexit 0\n')],
  ['an empty file', Buffer.alloc(0)],
  ['a Mach-O program', Buffer.concat([Buffer.from('cffaedfe', 'hex'), Buffer.alloc(100)])],
  ['a header that is cut off', program().subarray(0, 63)],
  ['a header without its program headers', program().subarray(0, 119)],
  ['a program without segments', withNumber(56, 0)],
  ['a program without sections', withNumber(60, 0)],
])('%s is left alone', (_, content) => {
  expect(withoutSymbols(content)).toBeNull()
  expect(removeSymbols(write(content))).toBe(false)
})

test('the header that is left names no sections, and the end of the program headers is enough to read', () => {
  const whole = program()
  const { header, size } = withoutSymbols(whole.subarray(0, 120)) ?? {}
  expect(size).toBe(whole.length - 1_000 - 2 * 64)
  expect(header?.subarray(0, 40)).toEqual(whole.subarray(0, 40))
  expect(header?.readBigUInt64LE(40)).toBe(0n)
  expect([header?.readUInt16LE(56), header?.readUInt16LE(60), header?.readUInt16LE(62)]).toEqual([1, 0, 0])
})

test('a missing file is ignored', () => {
  expect(removeSymbols(path.join(folder, 'nothing'))).toBe(false)
})
