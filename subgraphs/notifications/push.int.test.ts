import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { vapidPublicKey } from './delivery/push.ts'
import { openNotifications } from './testing/open-notifications.ts'
import { claimsOf } from './testing/push-service.ts'
import { LIST, openPushShop, PRIVATE_KEY, type PushShop, REGISTER } from './testing/push-shop.ts'

const PUBLIC_KEY = vapidPublicKey(PRIVATE_KEY)
let push: PushShop
let { service, shop, register, listOf, aReader, ship, pushOf } = {} as PushShop
beforeAll(async () => {
  push = await openPushShop()
  ;({ service, shop, register, listOf, aReader, ship, pushOf } = push)
})
afterAll(() => push.close())

describe('a push message', () => {
  test('can be decrypted only by its browser, is signed, and is sent once however often its event arrives', async () => {
    const { userId, viewer, endpoint } = await aReader()
    // The browser has renewed its keys.
    const browser = service.browser()
    await register(viewer, { ...browser.subscription, endpoint })
    const orderId = await shop.anOrder({ customerId: userId, countryCode: 'GB' })
    const shipmentId = newId('shp')
    for (let time = 0; time < 3; time++)
      await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId })
    await shop.work()
    await shop.work()
    const [posted, ...more] = service.postedTo(endpoint)
    expect(more).toEqual([])
    expect(browser.decrypt(posted?.body ?? Buffer.alloc(0))).toEqual({
      id: expect.stringMatching(/^ntf_/),
      kind: 'ORDER_SHIPPED',
      title: 'Order A-7K2M-9QX3 is on its way',
      body: '3 pairs of your order A-7K2M-9QX3 left our warehouse.',
      url: 'https://shop.example/orders/A-7K2M-9QX3',
    })
    expect(() => service.browser().decrypt(posted?.body ?? Buffer.alloc(0))).toThrow()
    const { aud, sub, exp } = claimsOf(posted?.headers.authorization ?? '', PUBLIC_KEY)
    expect([aud, sub]).toEqual([service.url, 'https://shop.example/contact'])
    expect(exp * 1_000).toBeLessThanOrEqual(Date.now() + 24 * 3_600_000)
    expect(posted?.headers).toMatchObject({
      ttl: '86400',
      urgency: 'normal',
      'content-encoding': 'aes128gcm',
      topic: expect.stringMatching(/^[\w-]{32}$/),
    })
    expect(await pushOf(userId)).toMatchObject([{ status: 'SENT', attempts: 1 }])
    // A message about another parcel does not replace it.
    await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId: newId('shp') })
    await shop.work()
    const topics = service.postedTo(endpoint).map(({ headers }) => headers.topic)
    expect(new Set(topics).size).toBe(2)
  })

  test('comes to every browser, urgently and no longer than it is worth where the customer has to act', async () => {
    const { userId, viewer, endpoint } = await aReader()
    const second = service.browser().subscription
    await register(viewer, second)
    const orderId = await shop.anOrder({ customerId: userId })
    const expiresAt = new Date(shop.now().getTime() + 600_000).toISOString()
    await shop.deliverSample('payments.payment.action_required', {
      orderId,
      paymentId: newId('pay'),
      expiresAt,
    })
    shop.pass(60_000)
    await shop.work()
    for (const one of [endpoint, second.endpoint])
      expect(service.postedTo(one)).toMatchObject([{ headers: { ttl: '540', urgency: 'high' } }])
    // A message of a kind that is required may still wait.
    await shop.deliverSample('shipping.return.changed', {
      ...{ orderId, returnId: newId('ret') },
      ...{ status: 'REJECTED', rejection: null },
    })
    await shop.work()
    expect(service.postedTo(endpoint)[1]).toMatchObject({ headers: { ttl: '86400', urgency: 'normal' } })
    // A service stores it for a day at most.
    const inThreeDays = new Date(shop.now().getTime() + 3 * 86_400_000).toISOString()
    const needed = { orderId, paymentId: newId('pay'), expiresAt: inThreeDays }
    await shop.deliverSample('payments.payment.action_required', needed)
    shop.pass(60_000)
    await shop.work()
    expect(service.postedTo(endpoint)[2]).toMatchObject({ headers: { ttl: '86400', urgency: 'high' } })
  })

  test('is not sent to an account without a browser, nor of a kind that is turned off', async () => {
    const { userId } = await shop.aPerson()
    await ship(userId)
    expect(await pushOf(userId)).toEqual([])
    const reader = await aReader()
    const choices = [{ kind: 'ORDER_SHIPPED', channel: 'PUSH', isEnabled: false }]
    const update = `mutation ($input: UpdateNotificationPreferencesInput!) {
      updateNotificationPreferences(input: $input) { userErrors { __typename } } }`
    await shop.execute(update, { input: { expectedVersion: 1, choices } }, reader.viewer)
    await ship(reader.userId)
    expect(await pushOf(reader.userId)).toEqual([])
  })

  test.each([404, 410])(
    'ends the subscription of a service that answers %s; the others stay',
    async (status) => {
      const { userId, viewer, endpoint, id } = await aReader()
      await register(viewer, service.browser().subscription)
      service.answer(endpoint, { status })
      await ship(userId)
      expect((await listOf(viewer)).map((one) => one.id)).not.toContain(id)
      expect(await listOf(viewer)).toHaveLength(1)
      expect(await pushOf(userId)).toMatchObject([{ status: 'SENT' }])
    },
  )

  test('is not added to a list that is turned off if an e-mail has the same content', async () => {
    const { userId, viewer, endpoint, browser } = await aReader()
    const choices = [{ kind: 'ORDER_SHIPPED', channel: 'IN_APP', isEnabled: false }]
    const update = `mutation ($input: UpdateNotificationPreferencesInput!) {
      updateNotificationPreferences(input: $input) { userErrors { __typename } } }`
    await shop.execute(update, { input: { expectedVersion: 1, choices } }, viewer)
    service.answer(endpoint, { status: 410 })
    const rows = () =>
      shop.sql(
        `SELECT channel, status FROM notification WHERE user_id = $1 AND kind = 'ORDER_SHIPPED' ORDER BY channel, id`,
        userId,
      )
    await ship(userId)
    const [email, push] = [
      { channel: 'EMAIL', status: 'SENT' },
      { channel: 'PUSH', status: 'FAILED' },
    ]
    expect(await rows()).toEqual([email, push])
    // The e-mail waits while the push message fails.
    await register(viewer, browser.subscription)
    const orderId = await shop.anOrder({ customerId: userId })
    await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId: newId('shp') })
    await shop.occasions.planDue()
    await shop.deliveries.sendDue('PUSH')
    expect(await rows()).toEqual([email, { ...email, status: 'QUEUED' }, push, push])
  })

  test('is added to a list that is turned off if the e-mail is turned off as well', async () => {
    const { userId, viewer, endpoint } = await aReader()
    const choices = ['IN_APP', 'EMAIL'].map((channel) => ({
      ...{ kind: 'ORDER_SHIPPED', channel, isEnabled: false },
    }))
    const update = `mutation ($input: UpdateNotificationPreferencesInput!) {
      updateNotificationPreferences(input: $input) { userErrors { __typename } } }`
    await shop.execute(update, { input: { expectedVersion: 1, choices } }, viewer)
    service.answer(endpoint, { status: 410 })
    await ship(userId)
    const rows = await shop.sql(
      `SELECT channel, status FROM notification WHERE user_id = $1 ORDER BY channel`,
      userId,
    )
    expect(rows).toEqual([
      { channel: 'EMAIL', status: 'SUPPRESSED' },
      { channel: 'IN_APP', status: 'SENT' },
      { channel: 'PUSH', status: 'FAILED' },
    ])
  })

  test('has failed once every subscription has ended, which is removed', async () => {
    const { userId, viewer, endpoint } = await aReader()
    service.answer(endpoint, { status: 410 })
    await ship(userId)
    expect(await pushOf(userId)).toMatchObject([
      { status: 'FAILED', lastError: 'every subscription of the account has ended' },
    ])
    expect(await listOf(viewer)).toEqual([])
    await ship(userId)
    expect(await pushOf(userId)).toHaveLength(1)
  })

  test('waits as long as the service asks, an hour at most, and is given up after six tries', async () => {
    const { userId, endpoint } = await aReader()
    const retryAfter = new Date(shop.now().getTime() + 900_000).toUTCString()
    service.answer(endpoint, { status: 429, headers: { 'retry-after': retryAfter } })
    await ship(userId)
    const waiting = { status: 'QUEUED', attempts: 1, lastError: 'the push service answered 429' }
    expect(await pushOf(userId)).toMatchObject([
      { ...waiting, availableAt: new Date(shop.now().getTime() + 900_000) },
    ])
    service.answer(endpoint, { status: 503, headers: { 'retry-after': '999999999' } })
    for (let tries = 2; tries < 6; tries++) {
      shop.pass(3_600_000)
      await shop.work()
    }
    expect(await pushOf(userId)).toMatchObject([
      { status: 'QUEUED', attempts: 5, availableAt: new Date(shop.now().getTime() + 3_600_000) },
    ])
    shop.pass(3_600_000)
    await shop.work()
    expect(await pushOf(userId)).toMatchObject([{ status: 'FAILED', attempts: 6 }])
    // Each replaces the one before, if a service has stored it.
    const topics = service.postedTo(endpoint).map(({ headers }) => headers.topic)
    expect([topics.length, new Set(topics).size]).toEqual([6, 1])
  })

  test.each([
    [307, 'the push service answered 307'],
    [413, 'the push service answered 413'],
  ])('is not posted again, nor elsewhere, after %s', async (status, lastError) => {
    const { userId, endpoint } = await aReader()
    const elsewhere = service.browser().subscription.endpoint
    service.answer(endpoint, { status, headers: { location: elsewhere } })
    await ship(userId)
    expect(await pushOf(userId)).toMatchObject([{ status: 'FAILED', lastError }])
    expect(service.postedTo(elsewhere)).toEqual([])
  })

  test('fits a push service, however long its text is', async () => {
    const { userId, endpoint, browser } = await aReader()
    const orderId = await shop.anOrder({ customerId: userId, countryCode: 'GB', number: '🧦'.repeat(2_000) })
    await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId: newId('shp') })
    await shop.work()
    const [posted] = service.postedTo(endpoint)
    expect(posted?.body.length).toBeLessThanOrEqual(4_096)
    const { title, body, url } = browser.decrypt(posted?.body ?? Buffer.alloc(0)) as Record<string, string>
    expect([[...(title ?? '')].length, [...(body ?? '')].length, title?.isWellFormed(), url]).toEqual([
      ...[100, 500, true, null],
    ])
    const lengths = 'SELECT DISTINCT length(title) AS title, length(body) AS body FROM notification'
    expect(await shop.sql(`${lengths} WHERE user_id = $1`, userId)).toEqual([{ title: 200, body: 2_000 }])
  })
})

test('without a key nothing is sent to browsers, and the key is null', async () => {
  const alone = await openNotifications({ PUSH_LOOPBACK: 'true' })
  try {
    const { userId } = await alone.aPerson()
    const { data } = await alone.execute(LIST, {}, customer(userId))
    expect(data).toEqual({ webPushKey: null, pushSubscriptions: [] })
    const input = service.browser().subscription
    await alone.execute(REGISTER, { input }, customer(userId))
    await alone.deliverSample('shipping.shipment.dispatched', {
      orderId: await alone.anOrder({ customerId: userId }),
      shipmentId: newId('shp'),
    })
    await alone.work()
    const rows = await alone.sql(
      `SELECT status, last_error AS "lastError" FROM notification WHERE channel = 'PUSH'`,
    )
    expect(rows).toEqual([
      { status: 'SUPPRESSED', lastError: 'no key for web push is set (VAPID_PRIVATE_KEY)' },
    ])
  } finally {
    await alone.close()
  }
})
