import { expect, test } from 'vitest'
import { afterCommit } from './after-commit.ts'
import { openLog } from './log.ts'
import { reasonOf } from './reason.ts'
import { followUp, newTrace, withTrace } from './trace.ts'

/** The lines that are logged by this work. */
function lines(level: string, work: (log: ReturnType<typeof openLog>) => void): Record<string, unknown>[] {
  const written: Record<string, unknown>[] = []
  work(openLog('notes', level, { write: (line) => void written.push(JSON.parse(line)) }))
  return written
}

test('a line has the name of the service, and the ids of the work that wrote it', () => {
  const trace = newTrace({ requestId: 'req-1', traceparent: '00-1-2-01' })
  const [within, outside] = lines('info', (log) => {
    withTrace(trace, () => log.info('within'))
    log.info('outside')
  })
  expect(within).toMatchObject({ name: 'notes', msg: 'within', requestId: 'req-1', traceparent: '00-1-2-01' })
  expect(outside).not.toHaveProperty('requestId')
})

test('lines below the level are left out', () => {
  const written = lines('warn', (log) => {
    log.info('left out')
    log.warn('written')
  })
  expect(written.map(({ msg }) => msg)).toEqual(['written'])
})

test('tokens and cookies of requests are not logged', () => {
  const headers = { authorization: 'Bearer secret', cookie: 'session=secret', accept: '*/*' }
  const [line] = lines('info', (log) => log.info({ headers, req: { headers } }, 'a request'))
  expect(JSON.stringify(line)).not.toContain('secret')
  expect(line).toMatchObject({ headers: { accept: '*/*' }, req: { headers: { accept: '*/*' } } })
})

test.each([
  [new Error('no bus'), 'no bus'],
  ['a text', 'a text'],
  [
    new AggregateError([new Error('::1 refused'), new AggregateError([new Error('127.0.0.1 refused')])]),
    '::1 refused, 127.0.0.1 refused',
  ],
])('the reason of %s is its message, or those of all addresses that were tried', (error, reason) => {
  expect(reasonOf(error)).toBe(reason)
})

test('work for after the commit runs once after the work of its trace; at once outside of any', () => {
  const steps: string[] = []
  const work = () => void steps.push('afterwards')
  const trace = newTrace()
  withTrace(trace, () => {
    afterCommit(work)
    afterCommit(work)
    steps.push('committed')
  })
  followUp(trace, () => steps.push('woken'))
  expect(steps).toEqual(['committed', 'afterwards'])
  afterCommit(work)
  expect(steps).toEqual(['committed', 'afterwards', 'afterwards'])
})
