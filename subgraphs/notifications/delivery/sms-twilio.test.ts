import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { notificationSettings } from '../settings.ts'
import { type Sms, smsChannel } from './sms.ts'
import { twilioChannel } from './sms-twilio.ts'

const SID = `AC${'0'.repeat(32)}`
const PATH = `/2010-04-01/Accounts/${SID}/Messages.json`

type Asked = { method: string; path: string; query: URLSearchParams; body: URLSearchParams; user: string }
const asked: Asked[] = []
let answer: { status: number; body: object; isLost?: boolean; isNever?: boolean } = { status: 201, body: {} }
/** Messages that the account has sent. */
let sent: object[] = []

const aMessage = (body: string) => ({ sid: `SM${'1'.repeat(32)}`, account_sid: SID, body, status: 'queued' })

/** A server that answers as Twilio's API description of Programmable Messaging specifies. */
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const [, user = ''] = (request.headers.authorization ?? '').split(' ')
    const body = new URLSearchParams(Buffer.concat(chunks).toString())
    const method = request.method ?? ''
    asked.push({ method, path: url.pathname, query: url.searchParams, body, user })
    const isList = method === 'GET'
    if (answer.isNever) return
    const said = isList ? { messages: sent, page: 0, page_size: 20, next_page_uri: null } : answer.body
    if (!isList && answer.isLost) {
      request.socket.destroy()
      return
    }
    response.writeHead(isList ? 200 : answer.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(said))
  })
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens has an address object.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})
beforeEach(() => {
  asked.length = 0
  sent = []
  answer = { status: 201, body: aMessage('Hello') }
})

/** The channel of the settings, or one with another time limit. */
function channel(sender = '+4915100000000', mostMs?: number) {
  const settings = notificationSettings.parse({
    LINK_KEY: Buffer.alloc(32, 1).toString('base64url'),
    SMS_GATEWAY: 'twilio',
    TWILIO_ACCOUNT_SID: SID,
    TWILIO_AUTH_TOKEN: 'token',
    TWILIO_SENDER: sender,
    TWILIO_API_URL: url,
  })
  return mostMs === undefined ? smsChannel(settings) : twilioChannel(settings, mostMs)
}
const sms = (but: Partial<Sms> = {}): Sms => ({
  ...{ id: 'ntf_1', to: '+4915112345678', text: 'Hello', attempts: 1 },
  queuedAt: new Date('2026-11-28T09:30:00.000Z'),
  ...but,
})

test('a message is created with the number and the text, in the name of the account', async () => {
  expect(await channel().send(sms())).toEqual({ type: 'sent' })
  expect(asked).toMatchObject([{ method: 'POST', path: PATH }])
  expect(Object.fromEntries(asked[0]?.body ?? [])).toEqual({
    To: '+4915112345678',
    From: '+4915100000000',
    Body: 'Hello',
  })
  expect(Buffer.from(asked[0]?.user ?? '', 'base64').toString()).toBe(`${SID}:token`)
})

test('a messaging service chooses the sender', async () => {
  const service = `MG${'2'.repeat(32)}`
  await channel(service).send(sms())
  expect(asked[0]?.body.get('MessagingServiceSid')).toBe(service)
})

test('a message whose answer was lost is looked for, and sent once', async () => {
  answer = { ...answer, isLost: true }
  expect(await channel().send(sms())).toMatchObject({ type: 'later' })
  sent = [aMessage('Another'), aMessage('Hello')]
  asked.length = 0
  expect(await channel().send(sms({ attempts: 2 }))).toEqual({ type: 'sent' })
  expect(asked).toMatchObject([{ method: 'GET', path: PATH }])
  expect(asked[0]?.query.get('To')).toBe('+4915112345678')
  // A minute before it was queued, since the clocks of two machines differ.
  expect(asked[0]?.query.get('DateSent>')).toBe('2026-11-28T09:29:00Z')
  sent = [aMessage('Another')]
  answer = { status: 201, body: aMessage('Hello') }
  expect(await channel().send(sms({ attempts: 2 }))).toEqual({ type: 'sent' })
  expect(asked.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST'])
})

test.each([
  [400, 21211, 'refused', true],
  [400, 21217, 'refused', true],
  [400, 21610, 'refused', true],
  [400, 21614, 'refused', true],
  [400, 21617, 'refused', false],
  [401, 20003, 'later', undefined],
  [403, 20003, 'later', undefined],
  [404, 20404, 'refused', false],
  [408, 20408, 'later', undefined],
  [429, 20429, 'later', undefined],
  [499, 20499, 'refused', false],
  [500, 20500, 'later', undefined],
])('an answer %s with the code %s is %s', async (status, code, type, stopsAddress) => {
  answer = { status, body: { code, message: 'It was refused.', status, more_info: 'https://www.twilio.com' } }
  const outcome = await channel().send(sms())
  expect(outcome).toMatchObject({ type, reason: `${code} It was refused.` })
  expect('stopsAddress' in outcome ? outcome.stopsAddress : undefined).toBe(stopsAddress)
  expect(asked).toHaveLength(1)
})

test.each([
  [200, {}],
  [200, { status: 'ok' }],
  [404, {}],
  [405, { message: 'Method Not Allowed' }],
])('an answer %s with %o is not that of Twilio, and the message is sent later', async (status, body) => {
  answer = { status, body }
  expect(await channel().send(sms())).toMatchObject({ type: 'later' })
})

test('an answer that does not come in time is waited for no longer', async () => {
  answer = { ...answer, isNever: true }
  const outcome = await channel(undefined, 50).send(sms())
  expect(outcome).toEqual({ type: 'later', reason: expect.stringContaining('timeout of 50ms') })
})
