import { execFileSync } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  linkSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'

const ELF_64_BIT_LITTLE_ENDIAN = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1])
const HEADER_BYTES = 64
const PROGRAM_HEADER_BYTES = 56
// Offsets in the ELF header: e_phoff, e_shoff, e_phnum, e_shnum and e_shstrndx.
const PHOFF = 32
const SHOFF = 40
const PHNUM = 56
const SHNUM = 60
const SHSTRNDX = 62

/**
 * The size of a program without its symbol tables and debug information, and its header with no sections. The
 * kernel and the dynamic linker read segments only; the sections after the last segment serve debuggers.
 * Source: System V ABI, chapters 4 and 5; the offsets are those of ELF64.
 * @param start the beginning of the file, with its program headers
 * @returns null for another format, or a program without sections
 */
export function withoutSymbols(start: Buffer): { readonly header: Buffer; readonly size: number } | null {
  if (start.length < HEADER_BYTES || !start.subarray(0, 6).equals(ELF_64_BIT_LITTLE_ENDIAN)) return null
  if (start.readUInt16LE(SHNUM) === 0) return null
  const first = Number(start.readBigUInt64LE(PHOFF))
  const count = start.readUInt16LE(PHNUM)
  if (count === 0 || first + count * PROGRAM_HEADER_BYTES > start.length) return null
  const ends = Array.from({ length: count }, (_, index) => {
    const at = first + index * PROGRAM_HEADER_BYTES
    // p_offset and p_filesz
    return Number(start.readBigUInt64LE(at + 8) + start.readBigUInt64LE(at + 32))
  })
  const header = Buffer.from(start.subarray(0, HEADER_BYTES))
  header.writeBigUInt64LE(0n, SHOFF)
  header.writeUInt16LE(0, SHNUM)
  header.writeUInt16LE(0, SHSTRNDX)
  return { header, size: Math.max(HEADER_BYTES, ...ends) }
}

/**
 * Removes the symbol tables of a program. The file is replaced only if the result runs, so a program that
 * cannot be changed stays whole.
 * @param links further paths; those that are hard links to the program become links to the result
 * @returns true if the program became smaller
 */
export function removeSymbols(program: string, links: readonly string[] = []): boolean {
  const copy = `${program}.without-symbols`
  try {
    const smaller = withoutSymbols(startOf(program))
    if (!smaller) return false
    const { ino } = statSync(program)
    const same = links.filter((link) => link !== program && statSync(link).ino === ino)
    copyFileSync(program, copy)
    truncateSync(copy, smaller.size)
    writeStart(copy, smaller.header)
    execFileSync(copy, ['--version'], { stdio: 'ignore' })
    for (const place of same) {
      rmSync(place)
      linkSync(copy, place)
    }
    renameSync(copy, program)
    return true
  } catch {
    rmSync(copy, { force: true })
    return false
  }
}

function startOf(file: string): Buffer {
  const start = Buffer.alloc(4096)
  const descriptor = openSync(file, 'r')
  try {
    return start.subarray(0, readSync(descriptor, start))
  } finally {
    closeSync(descriptor)
  }
}

function writeStart(file: string, start: Buffer): void {
  const descriptor = openSync(file, 'r+')
  try {
    writeSync(descriptor, start, 0, start.length, 0)
  } finally {
    closeSync(descriptor)
  }
}
