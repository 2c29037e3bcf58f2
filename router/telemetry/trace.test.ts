import { expect, test } from 'vitest'
import { traceOf } from './trace.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`
/** A trace of the router's own. */
const OWN = new RegExp(`^00-(?!${TRACE})[\\da-f]{32}-[\\da-f]{16}-01$`)

test.each([
  ['a version that is none', `ff-${TRACE}-b7ad6b7169203331-01`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
  ['a span of zeros', `00-${TRACE}-0000000000000000-01`],
  ['capitals', PARENT.toUpperCase()],
  ['no flags', PARENT.slice(0, -3)],
  ['something after the flags', `${PARENT}x`],
  ['more fields than its version has', `${PARENT}-00`],
  ['something before it', ` ${PARENT}`],
])('a traceparent with %s begins a trace, without the tracestate', (_, traceparent) => {
  const trace = traceOf({ traceparent, tracestate: 'a=b' })
  expect(trace.traceparent).toMatch(OWN)
  expect(trace.tracestate).toBeNull()
})

test('the trace and the flags are the caller’s, and the span is another', () => {
  const { traceparent } = traceOf({ traceparent: PARENT.replace(/01$/, '00') })
  expect(traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!b7ad6b7169203331)[\\da-f]{16}-00$`))
})

test('a traceparent of a later version is continued by the fields of this one (W3C Trace Context, section 4.3)', () => {
  for (const later of [PARENT.replace(/^00/, 'cc'), `${PARENT.replace(/^00/, 'cc')}-what-the-future-brings`])
    expect(traceOf({ traceparent: later }).traceparent).toMatch(new RegExp(`^00-${TRACE}-[\\da-f]{16}-01$`))
  expect(traceOf({ traceparent: `${PARENT.replace(/^00/, 'cc')}.` }).traceparent).toMatch(OWN)
})

test('without a traceparent a trace begins that is sampled, without a tracestate', () => {
  expect(traceOf({ tracestate: 'a=b' })).toEqual({
    ...{ requestId: expect.any(String), traceparent: expect.stringMatching(OWN), tracestate: null },
  })
  expect(traceOf({}).traceparent).not.toBe(traceOf({}).traceparent)
})

test.each(['a', 'A-1_b.c:d+e/f=', '0'])('the request id %s is taken', (id) => {
  expect(traceOf({ 'x-request-id': id }).requestId).toBe(id)
})

test.each(['', 'a b', 'a\u00e9', 'a"', '<a>', 'a,b', 'a\n'])('the request id %j is replaced', (id) => {
  expect(traceOf({ 'x-request-id': id }).requestId).toMatch(/^[\da-f-]{36}$/)
})

test('a tracestate of 512 characters is passed on, a longer one is dropped', () => {
  const stateOf = (length: number) =>
    traceOf({ traceparent: PARENT, tracestate: 'a'.repeat(length) }).tracestate?.length
  expect([stateOf(512), stateOf(513)]).toEqual([512, undefined])
})

test('a request id of 128 characters is taken, and a longer one replaced', () => {
  const idOf = (length: number) => traceOf({ 'x-request-id': 'a'.repeat(length) }).requestId
  expect([idOf(128), idOf(129)]).toEqual(['a'.repeat(128), expect.stringMatching(/^[\da-f-]{36}$/)])
})
