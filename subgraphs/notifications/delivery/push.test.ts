import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { notificationSettings } from '../settings.ts'
import { aBrowser } from '../testing/push-service.ts'
import { pushChannel } from './push.ts'

// ../push.int.test.ts shows the posted messages and the outcome of each answer, by a service that decrypts them.
test('an answer that does not come in time is waited for no longer', async () => {
  const service = createServer(() => {})
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  // A server that listens has an address object.
  const { port } = service.address() as AddressInfo
  const key = Buffer.alloc(32, 5).toString('base64url')
  const { subscription } = aBrowser(`http://127.0.0.1:${port}/push/1`)
  const channel = pushChannel({
    settings: notificationSettings.parse({ LINK_KEY: key, VAPID_PRIVATE_KEY: key }),
    subscriptions: {
      of: async () => [{ id: 'psh_1', userId: 'usr_1', createdAt: new Date(), ...subscription }],
      end: async () => {},
    },
    hosts: { hosts: [], isLoopbackAllowed: true },
    clock: () => new Date(),
    mostMs: 50,
  })
  const outcome = await channel.send({
    ...{ id: 'ntf_1', userId: 'usr_1', kind: 'WELCOME', title: 'Welcome', body: 'Hello', url: null },
    ...{ isUrgent: false, expiresAt: null },
  })
  expect(outcome).toEqual({ type: 'later', reason: expect.stringContaining('TimeoutError') })
  service.closeAllConnections()
  await new Promise((resolve) => service.close(resolve))
})
