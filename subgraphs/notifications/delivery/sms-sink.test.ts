import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sinkChannel } from './sms-sink.ts'

/** The status with which the sink answers; null: it never does. */
let status: number | null = 200
const server = createServer((_, response) => {
  if (status !== null) response.writeHead(status, { location: '/elsewhere' }).end()
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens has an address object.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const sms = { id: 'ntf_1', to: '+4915112345678', text: 'Hello', attempts: 1, queuedAt: new Date() }

test.each([
  [202, { type: 'sent' }],
  [302, { type: 'refused', reason: 'the sink answered 302' }],
  [400, { type: 'refused', reason: 'the sink answered 400' }],
  [500, { type: 'later', reason: 'the sink answered 500' }],
])('an answer with status %d', async (answered, outcome) => {
  status = answered
  expect(await sinkChannel(url).send(sms)).toEqual(outcome)
})

test('an answer that does not come in time is waited for no longer', async () => {
  status = null
  const outcome = await sinkChannel(url, 50).send(sms)
  expect(outcome).toEqual({ type: 'later', reason: expect.stringContaining('TimeoutError') })
})
