import { describe, expect, test } from 'vitest'
import { type ProcessStat, readKilobytes, readStat, ticksOf, treeOf } from './proc-files.ts'

const stat = (pid: number, name: string, parent: number) =>
  `${pid} (${name}) S ${parent} 10 10 0 -1 4194304 900 40 0 0 61 12 7 3 20 0 11 0 81234 1073741824 5000 18446744073709551615 1 1 0 0`

describe('the text of a /proc/PID/stat', () => {
  test('has the process, its parent and its times', () => {
    expect(readStat(stat(4211, 'node', 4200))).toEqual({
      pid: 4211,
      parent: 4200,
      program: 'node',
      ownTicks: 73,
      endedChildrenTicks: 10,
      startedAt: 81234,
    })
  })

  test.each(['npm start', 'a) S 1 (b', '()', ''])('a program named %j does not shift the fields', (name) => {
    expect(readStat(stat(7, name, 3))).toMatchObject({ pid: 7, parent: 3, program: name, ownTicks: 73 })
  })

  test.each(['', '12', '12 (node)', '12 (node) S x'])('%j is refused', (text) => {
    expect(() => readStat(text)).toThrow(JSON.stringify(text))
  })
})

describe('values in kB', () => {
  const rollup = 'Rss:               91508 kB\nPss:               80000 kB\nPss_Dirty:         70000 kB\n'

  test('are read by their whole name, in bytes', () => {
    expect(readKilobytes(rollup, 'Pss')).toBe(80_000 * 1_024)
    expect(readKilobytes(rollup, 'Rss')).toBe(91_508 * 1_024)
  })

  test('that are not there are null', () => {
    expect(readKilobytes(rollup, 'Swap')).toBeNull()
    expect(readKilobytes('', 'Pss')).toBeNull()
  })
})

describe('a tree of processes', () => {
  const process = (pid: number, parent: number, own = 1, ended = 0): ProcessStat => {
    return { pid, parent, program: `p${pid}`, ownTicks: own, endedChildrenTicks: ended, startedAt: 0 }
  }

  test('holds a process and its descendants, whatever their order', () => {
    const all = [process(30, 20), process(20, 10), process(99, 1), process(10, 1), process(21, 10)]
    expect(treeOf(10, all).map(({ pid }) => pid)).toEqual([10, 20, 21, 30])
  })

  test('of a process that has ended is empty, even if its children still run', () => {
    expect(treeOf(10, [process(20, 10)])).toEqual([])
  })

  test('keeps the time of a child that ended', () => {
    const before = ticksOf([process(10, 1, 5), process(20, 10, 40, 2)])
    const after = ticksOf([process(10, 1, 5, 42)])
    expect(before).toBe(47)
    expect(after).toBe(before)
  })
})
