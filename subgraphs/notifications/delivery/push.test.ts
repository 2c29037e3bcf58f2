import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { notificationSettings } from '../settings.ts'
import { aBrowser } from '../testing/push-service.ts'
import { pushChannel } from './push.ts'

// ../push.int.test.ts shows the posted messages, by a service that decrypts them.

/** A service that answers with the status in the path of an endpoint, and does not answer without one. */
const service = createServer(({ url = '' }, response) => {
  const status = Number(/\d{3}/.exec(url)?.[0])
  if (status) response.writeHead(status).end()
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  // A server that listens has an address object.
  url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
})
afterAll(async () => {
  service.closeAllConnections()
  await new Promise((resolve) => service.close(resolve))
})

type How = { mostMs?: number; isLoopbackAllowed?: boolean }

/** Sends a message to browsers at these paths. Resolves to the outcome, and the ids of the subscriptions that ended. */
async function send(paths: readonly string[], { mostMs, isLoopbackAllowed = true }: How = {}) {
  const key = Buffer.alloc(32, 5).toString('base64url')
  const browsers = paths.map((path) => ({
    ...{ id: path, userId: 'usr_1', createdAt: new Date(), ...aBrowser(`${url}/${path}`).subscription },
  }))
  const ended: string[] = []
  const channel = pushChannel({
    settings: notificationSettings.parse({ LINK_KEY: key, VAPID_PRIVATE_KEY: key }),
    subscriptions: {
      of: async () => browsers,
      end: async (ids) => void ended.push(...ids),
    },
    hosts: { hosts: ['push.example'], isLoopbackAllowed },
    clock: () => new Date(),
    ...(mostMs && { mostMs }),
  })
  const outcome = await channel.send({
    ...{ id: 'ntf_1', userId: 'usr_1', kind: 'WELCOME', title: 'Welcome', body: 'Hello', url: null },
    ...{ isUrgent: false, expiresAt: null },
  })
  return { outcome, ended }
}

test('an answer that does not come in time is waited for no longer', async () => {
  const { outcome } = await send(['push'], { mostMs: 50 })
  expect(outcome).toEqual({ type: 'later', reason: expect.stringContaining('TimeoutError') })
})

test('a service that the settings no longer have gets nothing', async () => {
  const reason = 'its push service is not among PUSH_HOSTS'
  const { outcome } = await send(['201'], { isLoopbackAllowed: false })
  expect(outcome).toEqual({ type: 'refused', reason })
})

test.each([
  ['sent', [200, 201, 299]],
  ['refused', [300, 400, 402, 405, 413, 499]],
  ['later', [401, 403, 408, 429, 500, 599]],
])('a message is %s by the answers %j', async (type, statuses) => {
  for (const status of statuses)
    expect(await send([String(status)])).toMatchObject({ outcome: { type }, ended: [] })
})

test.each([
  [['404', '410'], 'refused', ['404', '410']],
  [['400', '503', '410', '201'], 'sent', ['410']],
  [['400', '503', '410'], 'later', ['410']],
  [['400', '410'], 'refused', ['410']],
  [[], 'refused', []],
])('a message to browsers that answer %j is %s', async (paths, type, ended) => {
  expect(await send(paths)).toMatchObject({ outcome: { type }, ended })
})
