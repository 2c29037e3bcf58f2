import path from 'node:path'
import { expect, test } from 'vitest'
import { sourceFiles } from '../check/source-files.ts'
import { root } from '../repository.ts'
import { logLinesOf, logLinesPage } from './log-lines.ts'

test('a line is a call of a log, with its level, its message and the names of its fields', () => {
  const source = `
    log.warn({ orderId, reason: reasonOf(error) }, 'an order waits')
    options.log.error(
      { ...ids(context), err: error },
      'an order failed',
    )
    log.info('the service starts')
    log.debug(details, message)
    console.error('not a line')
    Math.log.call(2)`
  expect(logLinesOf(source)).toEqual([
    { level: 'warn', message: 'an order waits', fields: ['orderId', 'reason'] },
    { level: 'error', message: 'an order failed', fields: ['...ids(context)', 'err'] },
    { level: 'info', message: 'the service starts', fields: [] },
    { level: 'debug', message: '`message`', fields: ['details'] },
  ])
})

test('the lines of a part are sorted by their level; those of tests and of simulated services are left out', () => {
  const sources = [
    { file: 'router/a.ts', source: `log.info('one')\nlog.error('two')` },
    { file: 'subgraphs/kit/b.ts', source: `log.warn({ a }, 'x | y')` },
    { file: 'subgraphs/kit/b.test.ts', source: `log.warn('a test')` },
    { file: 'subgraphs/payments/sandbox-gateway/c.ts', source: `log.warn('a simulation')` },
    { file: 'dev/d.ts', source: `log.warn('a tool')` },
  ]
  const lines = logLinesPage(sources)
    .split('\n')
    .filter((line) => /^##|^\| (?!level|---)/.test(line))
  expect(lines).toEqual([
    '## router',
    '| error | two |  | `a.ts` |',
    '| info | one |  | `a.ts` |',
    '## subgraphs/kit',
    '| warn | x \\| y | `a` | `b.ts` |',
  ])
})

test('docs/log-lines.md has the lines that the source logs', async () => {
  await expect(logLinesPage(sourceFiles(root))).toMatchFileSnapshot(path.join(root, 'docs/log-lines.md'))
})
