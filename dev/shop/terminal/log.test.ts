import { expect, test } from 'vitest'
import { terminalLog } from './log.ts'

test('a terminal shows the message, the reason and the error of each line from warnings on', () => {
  const lines: string[] = []
  const log = terminalLog('orders', (line) => lines.push(line))
  const err = new Error('no stock')
  log.info('an order was placed')
  log.warn({ requestId: 'r1' }, 'a message waits')
  log.error({ reason: 'it does not compose' }, 'a schema was rejected')
  log.fatal({ err }, 'orders stops')
  expect(lines).toEqual([
    'orders warning: a message waits',
    'orders error: a schema was rejected\nit does not compose',
    `orders error: orders stops\n${err.stack}`,
  ])
})

test('an error without a stack is shown by its message, and a line of another form as it is', () => {
  const lines: string[] = []
  const log = terminalLog('orders', (line) => lines.push(line))
  log.error({ err: Object.assign(new Error('no stock'), { stack: '' }) }, 'orders stops')
  log.error({ reason: 7 }, 'odd')
  expect(lines).toEqual(['orders error: orders stops\nno stock', expect.stringMatching(/^{.*"reason":7.*}$/)])
})

test('a log of another level shows its notes', () => {
  const lines: string[] = []
  terminalLog('orders', (line) => lines.push(line), 'info').info('an order was placed')
  expect(lines).toEqual(['orders note: an order was placed'])
})
