import { expect, test } from 'vitest'
import { testLog } from '../testing/router.ts'
import { logBursts } from './log-burst.ts'

test('a burst is logged once, and the next line has the number of events not logged', () => {
  const { log, logged } = testLog()
  let time = 0
  const tell = logBursts(log, 'too many', () => time)
  for (const at of [0, 1, 9_000, 18_000]) {
    time = at
    tell({ address: 'a' })
  }
  expect(logged).toHaveLength(1)
  time = 28_001
  tell({ address: 'b' })
  time = 50_000
  tell({ address: 'c' })
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([
    { level: 40, msg: 'too many', address: 'a', unlogged: 0 },
    { msg: 'too many', address: 'b', unlogged: 3 },
    { msg: 'too many', address: 'c', unlogged: 0 },
  ])
})

test('a burst ends after ten seconds without an event', () => {
  const { log, logged } = testLog()
  let time = 0
  const tell = logBursts(log, 'too many', () => time)
  for (const [at, lines] of [
    [0, 1],
    [10_000, 1],
    [20_001, 2],
  ] as const) {
    time = at
    tell()
    expect(logged).toHaveLength(lines)
  }
})
