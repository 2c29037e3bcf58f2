import { expect, test } from 'vitest'
import { parseResident, parseStat } from './process-status.ts'

test('CPU time and parent are read past a name with parentheses and spaces', () => {
  const line = '4711 (node (a) b) S 12 4711 4711 0 -1 4194304 900 0 0 0 250 30 7 8 20 0 11 0 55 1 2'
  expect(parseStat(line)).toEqual({ parent: 12, ticks: 280 })
})

test('a line of something else is refused', () => {
  expect(() => parseStat('4711 (node) S 12')).toThrow('not a line of /proc/PID/stat')
})

test('resident memory is read in megabytes', () => {
  const rollup =
    '5581-7ffc ---p 00000000 00:00 0 [rollup]\nRss:   307200 kB\nPss:   204800 kB\nPss_Anon:   9 kB\n'
  expect(parseResident(rollup)).toBe(200)
  expect(parseResident('')).toBe(0)
})
