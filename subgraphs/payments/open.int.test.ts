import { newId } from '@argyle/kit/ids'
import { recordedLog } from '@argyle/kit/testing/recorded-log'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { snapshotOf } from './gateway/gateway.ts'
import { openResources } from './open.ts'
import { paymentSettings } from './settings.ts'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

const now = new Date('2026-11-21T09:00:00Z')
const clock = () => now
let shop: OpenPayments
beforeAll(async () => {
  shop = await openPayments({ clock, settings: { SPEED: '60' } })
})
afterAll(() => shop.close())

test('an authorization whose end the gateway does not say ends after seven days, with SPEED sooner', async () => {
  const { gateway } = shop.resources
  const { authorize } = gateway
  gateway.authorize = async () => snapshotOf('AUTHORIZED', { ref: 'gpy_of_this_test' })
  const { orderId } = await shop.authorized(customer(newId('usr')))
  gateway.authorize = authorize
  const authorizedUntil = new Date(now.getTime() + (7 * 24 * 3_600_000) / 60)
  expect(await shop.row(orderId)).toMatchObject({ status: 'AUTHORIZED', authorizedUntil })
})

test('a command that handles a message leaves its call to the gateway to the service', async () => {
  const { orderId } = await shop.authorized(customer(newId('usr')))
  const config = paymentSettings.parse(shop.sandbox.settings)
  const { log } = recordedLog()
  const command = await openResources({
    ...{ database: { url: shop.databaseUrl }, clock, config, log },
    isCommand: true,
  })
  await command.prisma.$transaction((tx) => command.payments.capture(tx, orderId))
  await command.payments.lookUpSoon({ ref: null, orderId })
  await command.close()
  await command.prisma.$disconnect()
  const where = { kind: 'CAPTURE', payment: { orderId } } as const
  const call = () => shop.resources.prisma.gatewayCall.findFirstOrThrow({ where })
  expect(await call()).toMatchObject({ attempts: 0, doneAt: null })
  await shop.resources.work.idle()
  expect(await call()).toMatchObject({ attempts: 1, doneAt: now })
})

// The last test of the file: nothing is called afterwards.
test('after payments is closed, no call to the gateway begins', async () => {
  await shop.resources.close()
  expect(shop.resources.work.hasRoom()).toBe(false)
})
