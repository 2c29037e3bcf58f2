import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { argumentsOf, cpuMsOf, isPostgres, memoryOf, processTree, stillRuns } from './processes.ts'

const NO_PROCESS = 2 ** 22 + 1

describe.skipIf(!existsSync('/proc/self/stat'))('with /proc', () => {
  test('a tree has the process and its descendants, with their command lines', async () => {
    const child = spawn('sleep', ['60'])
    try {
      await once(child, 'spawn')
      const tree = processTree(process.pid)
      expect(tree[0]?.pid).toBe(process.pid)
      expect(tree.map(({ pid }) => pid)).toContain(child.pid)
      expect(processTree(child.pid ?? 0).map(({ pid }) => pid)).toEqual([child.pid])
      expect(argumentsOf(child.pid ?? 0)).toEqual(['sleep', '60'])
    } finally {
      child.kill()
    }
    await once(child, 'close')
    expect(processTree(child.pid ?? 0)).toEqual([])
  })

  test('a running process is distinguished from a later one with the same pid', () => {
    const [own] = processTree(process.pid)
    if (!own) throw new Error('this process was not found')
    expect(stillRuns(own)).toBe(true)
    expect(stillRuns({ ...own, startedAt: own.startedAt - 1 })).toBe(false)
    expect(stillRuns({ ...own, pid: NO_PROCESS })).toBe(false)
  })

  test('CPU time is in milliseconds, of the programs that are counted', () => {
    const [own] = processTree(process.pid)
    // Read first: this process uses CPU time until the other reading, and each reading takes some itself.
    const { userCPUTime, systemCPUTime } = process.resourceUsage()
    const all = cpuMsOf(process.pid)
    // A tick is 10 ms. Ended children of this process count too, so there is no upper bound.
    expect(all).toBeGreaterThan((userCPUTime + systemCPUTime) / 1_000 - 50)
    expect(cpuMsOf(process.pid, (name) => name === own?.program)).toBeGreaterThan(0)
    expect(cpuMsOf(process.pid, () => false)).toBe(0)
  })

  test('a process that is gone has neither CPU time nor arguments', () => {
    expect(cpuMsOf(NO_PROCESS)).toBeNaN()
    expect(argumentsOf(NO_PROCESS)).toEqual([])
  })

  test('memory is the sum over processes, by PSS where all can be read', () => {
    const [own] = processTree(process.pid)
    if (!own) throw new Error('this process was not found')
    const one = memoryOf([own])
    expect(one.bytes).toBeGreaterThan(1_000_000)
    expect(one.bytes).toBeLessThan(2 ** 36)
    // The RSS of a process that is gone is 0.
    expect(memoryOf([own, { ...own, pid: NO_PROCESS }])).toMatchObject({ kind: 'RSS' })
    expect(memoryOf([{ ...own, pid: NO_PROCESS }])).toEqual({ bytes: 0, kind: 'RSS' })
  })
})

test.each([
  ['postgres', true],
  ['postgres: checkpointer', true],
  ['node', false],
])('%s is a process of PostgreSQL: %s', (program, isOne) => {
  expect(isPostgres(program)).toBe(isOne)
})
