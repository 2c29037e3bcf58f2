import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { BadWebhook } from './gateway.ts'
import { readSignedWebhook, TOLERANCE_SECONDS } from './webhook-signature.ts'

const now = new Date('2026-11-28T09:00:00.000Z')
const seconds = now.getTime() / 1_000
const body = Buffer.from('{"id":"gev_1"}')

function header(time = seconds, of = body, secret = 'secret'): string {
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.`).update(of).digest('hex')}`
}

test.each([0, -TOLERANCE_SECONDS, TOLERANCE_SECONDS])('signed %i seconds from now it is read', (away) => {
  expect(readSignedWebhook(body, header(seconds + away), 'secret', now)).toEqual({ id: 'gev_1' })
})

test.each([
  ['nothing', '', 'it has no signature'],
  ['another form', `t=${seconds},v0=00`, 'it has no signature'],
  ['a shorter proof', header().slice(0, -1), 'it has no signature'],
  ['another secret', header(seconds, body, 'other'), 'its signature is wrong'],
  ['another body', header(seconds, Buffer.from('{}')), 'its signature is wrong'],
  ['another time', header().replace(`t=${seconds}`, `t=${seconds + 1}`), 'its signature is wrong'],
  ['an old time', header(seconds - 301), `it was signed at ${seconds - 301}: allowed is within 300 s of now`],
  [
    'a time to come',
    header(seconds + 301),
    `it was signed at ${seconds + 301}: allowed is within 300 s of now`,
  ],
])('signed with %s it is refused', (_, signature, message) => {
  const read = () => readSignedWebhook(body, signature, 'secret', now)
  expect(read).toThrow(BadWebhook)
  expect(read).toThrow(message)
})

test('what is signed and no JSON is refused', () => {
  const bad = Buffer.from('{')
  expect(() => readSignedWebhook(bad, header(seconds, bad), 'secret', now)).toThrow('it is not JSON')
})
