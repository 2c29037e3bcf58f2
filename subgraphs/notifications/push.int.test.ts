import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { vapidPublicKey } from './delivery/push.ts'
import { MAX_SUBSCRIPTIONS } from './push/push-subscription.ts'
import { type OpenNotifications, openNotifications } from './testing/open-notifications.ts'
import { claimsOf, openPushService, type PushService } from './testing/push-service.ts'

const PRIVATE_KEY = Buffer.alloc(32, 5)
const PUBLIC_KEY = vapidPublicKey(PRIVATE_KEY)
let service: PushService
let shop: OpenNotifications
beforeAll(async () => {
  service = await openPushService()
  shop = await openNotifications({
    VAPID_PRIVATE_KEY: PRIVATE_KEY.toString('base64url'),
    PUSH_LOOPBACK: 'true',
  })
})
afterAll(async () => {
  await shop.close()
  await service.close()
})

const REGISTER = `mutation ($input: RegisterPushSubscriptionInput!) { registerPushSubscription(input: $input) {
  subscription { id service createdAt } userErrors { ... on UserError { message path } } } }`
const REMOVE = `mutation ($input: RemovePushSubscriptionInput!) { removePushSubscription(input: $input) {
  isRemoved userErrors { ... on UserError { message path } } } }`
const LIST = '{ webPushKey pushSubscriptions { id service } }'

type Subscription = ReturnType<PushService['browser']>['subscription']
async function register(viewer: Viewer, input: Subscription) {
  const { data, errors } = await shop.execute(REGISTER, { input }, viewer)
  expect(errors).toEqual([])
  return data.registerPushSubscription
}
const listOf = async (viewer: Viewer): Promise<{ id: string }[]> =>
  (await shop.execute(LIST, {}, viewer)).data.pushSubscriptions

/** A person with a browser. */
async function aReader() {
  const { userId, email } = await shop.aPerson()
  const browser = service.browser()
  const viewer = customer(userId)
  const { subscription } = await register(viewer, browser.subscription)
  return {
    userId,
    email,
    viewer,
    id: subscription.id as string,
    endpoint: browser.subscription.endpoint,
    browser,
  }
}
async function ship(userId: string) {
  const orderId = await shop.anOrder({ customerId: userId })
  await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId: newId('shp') })
  await shop.work()
}
type Row = { status: string; attempts: number; lastError: string | null; availableAt: Date }
const pushOf = (userId: string) =>
  shop.sql<Row>(
    `SELECT status, attempts, last_error AS "lastError", available_at AS "availableAt" FROM notification
      WHERE user_id = $1 AND channel = 'PUSH' ORDER BY created_at, id`,
    userId,
  )

/** The base point of P-256 in hybrid form (X9.62), whose first byte is 7 rather than 4. */
const HYBRID_POINT = Buffer.from(
  `07${'6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'}${'4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5'}`,
  'hex',
).toString('base64url')

describe('a subscription', () => {
  test('is registered once, however often; the key to subscribe with is public', async () => {
    const { viewer, id, browser } = await aReader()
    shop.pass(1_000)
    const subscription = { id, service: '127.0.0.1', createdAt: shop.now().toISOString() }
    expect(await register(viewer, browser.subscription)).toEqual({ subscription, userErrors: [] })
    expect(await listOf(viewer)).toEqual([{ id, service: '127.0.0.1' }])
    const { data } = await shop.execute('{ webPushKey }', {}, anonymous)
    expect(data.webPushKey).toBe(PUBLIC_KEY)
  })

  test('has the same keys with and without the padding of base64url', async () => {
    const { viewer, id, browser } = await aReader()
    const { p256dh, auth } = browser.subscription
    const padded = { ...browser.subscription, p256dh: `${p256dh}=`, auth: `${auth}==` }
    expect((await register(viewer, padded)).subscription.id).toBe(id)
    await expect(shop.sql('SELECT p256dh, auth FROM push_subscription WHERE id = $1', id)).resolves.toEqual([
      { p256dh, auth },
    ])
  })

  test('belongs to the account that registered it last', async () => {
    const before = await aReader()
    const { userId } = await shop.aPerson()
    const { subscription } = await register(customer(userId), before.browser.subscription)
    expect(subscription.id).not.toBe(before.id)
    expect(await listOf(before.viewer)).toEqual([])
    expect(await listOf(customer(userId))).toMatchObject([{ id: subscription.id }])
    await ship(before.userId)
    expect(service.postedTo(before.endpoint)).toEqual([])
    expect(await pushOf(before.userId)).toEqual([])
  })

  test('is one of ten: the oldest makes room, also for many at once', async () => {
    const { viewer, id } = await aReader()
    shop.pass(1_000)
    await shop.manyAtOnce(11, () => register(viewer, service.browser().subscription))
    const left = await listOf(viewer)
    expect(left).toHaveLength(10)
    expect(left.map((one) => one.id)).not.toContain(id)
  })

  test('of two that are registered at once, each makes room', async () => {
    const { userId, viewer } = await aReader()
    for (let count = 1; count < MAX_SUBSCRIPTIONS; count++)
      await register(viewer, service.browser().subscription)
    const oldest = `SELECT 1 FROM push_subscription WHERE user_id = $1 ORDER BY created_at, id LIMIT 1 FOR UPDATE`
    const works = await shop.whileLocked(oldest, [userId], async () => {
      const both = [0, 1].map(() => register(viewer, service.browser().subscription))
      await shop.untilWaiting(2, both)
      return { both }
    })
    await Promise.all(works.both)
    const rows = await shop.sql('SELECT 1 FROM push_subscription WHERE user_id = $1', userId)
    expect(rows).toHaveLength(MAX_SUBSCRIPTIONS)
  })

  test('is removed by its account alone, and may be removed again', async () => {
    const { viewer, id } = await aReader()
    const remove = (by: Viewer) => shop.execute(REMOVE, { input: { id } }, by)
    await remove(customer(newId('usr')))
    const another = (await register(viewer, service.browser().subscription)).subscription.id
    expect(await listOf(viewer)).toMatchObject([{ id: another }, { id }])
    for (let time = 0; time < 2; time++)
      expect((await remove(viewer)).data.removePushSubscription).toEqual({ isRemoved: true, userErrors: [] })
    expect(await listOf(viewer)).toMatchObject([{ id: another }])
    const { data } = await shop.execute(REMOVE, { input: { id: 'psb_1' } }, viewer)
    expect(data.removePushSubscription).toMatchObject({
      isRemoved: false,
      userErrors: [{ path: ['id'], message: expect.stringContaining('psb_1') }],
    })
  })

  test.each([
    [{ endpoint: 'https://10.0.0.1/push' }, 'endpoint', '10.0.0.1'],
    [{ endpoint: `https://fcm.googleapis.com/${'x'.repeat(1_000)}` }, 'endpoint', 'at most 1000 characters'],
    [{ p256dh: 'AAAA' }, 'p256dh', 'AAAA'],
    [{ p256dh: Buffer.alloc(65, 4).toString('base64url') }, 'p256dh', 'P-256'],
    [{ p256dh: HYBRID_POINT }, 'p256dh', 'P-256'],
    [{ p256dh: 'x'.repeat(100_000) }, 'p256dh', '100000 characters'],
    [{ auth: 'AAAA' }, 'auth', '16 bytes'],
    [{ auth: `${Buffer.alloc(16).toString('base64url')}!` }, 'auth', '16 bytes'],
  ])('%o is refused', async (but, field, echoed) => {
    const viewer = customer(newId('usr'))
    const { subscription, userErrors } = await register(viewer, { ...service.browser().subscription, ...but })
    expect([subscription, userErrors]).toEqual([
      null,
      [{ path: [field], message: expect.stringContaining(echoed) }],
    ])
    expect(await listOf(viewer)).toEqual([])
  })

  test('is for accounts', async () => {
    for (const query of [REGISTER, LIST]) {
      const { errors } = await shop.execute(query, { input: service.browser().subscription }, anonymous)
      expect(errors[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    }
  })

  test('ends with the password that its account had then', async () => {
    const [{ userId, viewer, browser }, other] = [await aReader(), await aReader()]
    const change = (time: Date) =>
      shop.deliverSample(
        'users.password.changed',
        { userId, changeId: newId('pwc') },
        { time: time.toISOString() },
      )
    await change(new Date(shop.now().getTime() - 1))
    expect(await listOf(viewer)).toHaveLength(1)
    // A browser that is registered again has known the newer password.
    shop.pass(1_000)
    await register(viewer, browser.subscription)
    await change(new Date(shop.now().getTime() - 1))
    expect(await listOf(viewer)).toHaveLength(1)
    await change(shop.now())
    expect(await listOf(viewer)).toEqual([])
    shop.pass(1_000)
    await register(viewer, browser.subscription)
    await change(new Date(shop.now().getTime() - 1))
    expect([await listOf(viewer), await listOf(other.viewer)]).toMatchObject([{ length: 1 }, { length: 1 }])
  })

  test('is erased with its account', async () => {
    const [{ userId }, other] = [await aReader(), await aReader()]
    await shop.deliverSample('users.account.deleted', { userId }, { sequence: 9 })
    expect(await shop.sql('SELECT 1 FROM push_subscription WHERE user_id = $1', userId)).toEqual([])
    expect(await listOf(other.viewer)).toHaveLength(1)
  })
})

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
    expect([aud, sub]).toEqual([service.url, 'mailto:shop@argyle.example'])
    expect(exp * 1_000).toBeLessThanOrEqual(Date.now() + 24 * 3_600_000)
    expect(posted?.headers).toMatchObject({
      ttl: '86400',
      urgency: 'normal',
      'content-encoding': 'aes128gcm',
      topic: expect.stringMatching(/^[\w-]{32}$/),
    })
    expect(await pushOf(userId)).toMatchObject([{ status: 'SENT', attempts: 1 }])
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
