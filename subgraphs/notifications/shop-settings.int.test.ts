import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenNotifications, openNotifications } from './testing/open-notifications.ts'

let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications({
    ...{ SHOP_TIME_ZONE: 'Asia/Tokyo', MAIL_FROM: 'Socks <hello@socks.example>', SUPPORT_ADDRESS: 'none' },
    ...{ STOREFRONT_URL: 'https://socks.example/', PUBLIC_URL: 'https://graph.example/' },
  })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

test('times in messages are those of the shop’s time zone, and links lead to its storefront', async () => {
  const { userId, email } = await shop.aPerson()
  const orderId = await shop.anOrder({ customerId: userId, countryCode: 'GB' })
  const expiresAt = '2026-11-28T16:30:00.000Z'
  await shop.deliverSample('payments.payment.action_required', {
    orderId,
    paymentId: newId('pay'),
    expiresAt,
  })
  shop.pass(60_000)
  await shop.work()
  const [mail] = await shop.mailTo(email)
  expect(mail?.text).toMatch(/29 November 2026 at 01:30/)
  expect(mail?.text).toContain('https://socks.example/orders/A-7K2M-9QX3')
})

test('links to unsubscribe, and those of campaigns, lead to the router', async () => {
  const { userId, email } = await shop.aPerson()
  await shop.prisma.optIn.create({
    data: { recipient: userId, kind: 'CAMPAIGN', channel: 'EMAIL', since: shop.now() },
  })
  const expiresAt = new Date(shop.now().getTime() + 86_400_000).toISOString()
  const recipient = { messageId: newId('cms'), userId, path: '/c/abc', couponCode: null }
  await shop.deliverSample('support.campaign.messaged', { expiresAt, recipients: [recipient] })
  await shop.work()
  const [mail] = await shop.mailTo(email)
  expect(mail?.text).toContain('https://graph.example/c/abc')
  expect(mail?.text).toContain('https://graph.example/unsubscribe/')
  expect(mail?.text).not.toContain('socks.example/')
})

test('the usual time of a digest is in the shop’s time zone', async () => {
  const { userId } = await shop.aPerson()
  const query = '{ notificationPreferences { digestTime { hour timeZone } } }'
  const { data } = await shop.execute(query, {}, customer(userId))
  expect(data.notificationPreferences).toEqual({ digestTime: { hour: 8, timeZone: 'Asia/Tokyo' } })
  await shop.deliverSample('users.roles.changed', { userId, roles: ['WAREHOUSE'] }, { sequence: 3 })
  await shop.digests.planDue()
  const nextAt = 'SELECT next_at AS "nextAt" FROM staff WHERE user_id = $1'
  const usual = [{ nextAt: new Date('2026-11-28T23:00:00.000Z') }]
  expect(await shop.sql(nextAt, userId)).toEqual(usual)
  const choose = async (expectedVersion: number, digestTime: object | null) => {
    const change = `mutation ($input: UpdateNotificationPreferencesInput!) {
      updateNotificationPreferences(input: $input) { userErrors { __typename } } }`
    const input = { expectedVersion, digestTime }
    expect((await shop.execute(change, { input }, customer(userId))).errors).toEqual([])
  }
  await choose(1, { hour: 9, timeZone: 'UTC' })
  await choose(2, null)
  expect(await shop.sql(nextAt, userId)).toEqual(usual)
})

test('e-mails are of the shop’s sender, and where nobody reads answers they say so and have no address for them', async () => {
  const { userId } = await shop.aPerson()
  const email = `${newId('usr').slice(4)}@argyle.example`
  await shop.deliverSample('users.email.replaced', { userId, changeId: newId('emc'), email })
  await shop.work()
  const [mail] = await shop.mailTo(email)
  const header = (name: string) => mail?.headers.find((one) => one.name.toLowerCase() === name)?.value
  expect(header('from')).toBe('Socks <hello@socks.example>')
  expect(header('message-id')).toMatch(/^<ntf_[\w-]+@socks\.example>$/)
  expect(header('reply-to')).toBeUndefined()
  expect(mail?.text).toContain('Answers to this e-mail are not read')
})

test('without a gateway text messages are suppressed, with the reason', async () => {
  const { userId } = await shop.aPerson()
  await shop.prisma.phone.create({ data: { userId, number: '+4915112345678', verifiedAt: shop.now() } })
  const orderId = await shop.anOrder({ customerId: userId })
  await shop.deliverSample('shipping.shipment.delivered', { orderId, shipmentId: newId('shp') })
  await shop.work()
  const sql = `SELECT status, last_error AS "lastError" FROM notification WHERE user_id = $1 AND channel = 'SMS'`
  expect(await shop.sql(sql, userId)).toEqual([
    { status: 'SUPPRESSED', lastError: 'no gateway for text messages is set (SMS_GATEWAY)' },
  ])
})
