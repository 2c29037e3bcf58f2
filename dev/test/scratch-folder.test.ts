import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MIN_FREE_MEMORY, makeScratchFolder } from './scratch-folder.ts'

let inMemory: string
let made: string[]

beforeEach(() => {
  inMemory = mkdtempSync(path.join(tmpdir(), 'argyle-memory-'))
  made = []
})
afterEach(() => {
  for (const folder of [inMemory, ...made]) rmSync(folder, { recursive: true, force: true })
})

/** The parent of the folder that a run makes. */
function parentOf(memory: string, free: number): string {
  const folder = makeScratchFolder(memory, free)
  made.push(folder)
  expect(readdirSync(folder)).toEqual([])
  return path.dirname(folder)
}

test('the files of a run are in memory where there is enough of it', () => {
  expect(parentOf(inMemory, MIN_FREE_MEMORY)).toBe(inMemory)
  expect(parentOf(inMemory, MIN_FREE_MEMORY - 1)).toBe(tmpdir())
})

test('they are in the temporary folder where there is no file system in memory, or none to write to', () => {
  expect(parentOf(path.join(inMemory, 'none'), MIN_FREE_MEMORY)).toBe(tmpdir())
  expect(parentOf('/proc', MIN_FREE_MEMORY)).toBe(tmpdir())
})

test('what a run left that has ended is removed; what runs, and what others keep there, stays', () => {
  const { pid: ended } = spawnSync(process.execPath, ['--version'])
  const names = [`argyle-test-${ended}-a`, `argyle-test-${process.pid}-b`, `other-${ended}-c`]
  for (const name of names) mkdirSync(path.join(inMemory, name, 'postgres'), { recursive: true })
  parentOf(inMemory, 0)
  expect(names.map((name) => existsSync(path.join(inMemory, name)))).toEqual([false, true, true])
})

test.runIf(process.getuid?.() === 0)('what the run of another user left stays', () => {
  const { pid: ended } = spawnSync(process.execPath, ['--version'])
  const folder = path.join(inMemory, `argyle-test-${ended}-a`)
  mkdirSync(folder)
  chownSync(folder, 1_000, 1_000)
  parentOf(inMemory, 0)
  expect(existsSync(folder)).toBe(true)
})
