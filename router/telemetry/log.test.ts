import { expect, test } from 'vitest'
import { openLog } from './log.ts'

test.each([
  ['debug', ['debug', 'info', 'warn', 'error']],
  ['info', ['info', 'warn', 'error']],
  ['silent', []],
] as const)('at the level %s the log has lines of %j', (level, levels) => {
  const log = openLog(level)
  const all = ['debug', 'info', 'warn', 'error'] as const
  expect(all.filter((one) => log.isLevelEnabled(one))).toEqual(levels)
})

test('a line says that the router wrote it', () => {
  expect(openLog('info').bindings()).toMatchObject({ name: 'router' })
})
