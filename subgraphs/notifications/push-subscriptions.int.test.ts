import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { vapidPublicKey } from './delivery/push.ts'
import { MAX_SUBSCRIPTIONS } from './push/push-subscription.ts'
import { LIST, openPushShop, PRIVATE_KEY, type PushShop, REGISTER } from './testing/push-shop.ts'

const PUBLIC_KEY = vapidPublicKey(PRIVATE_KEY)
let push: PushShop
let { service, shop, register, listOf, aReader, ship, pushOf } = {} as PushShop
beforeAll(async () => {
  push = await openPushShop()
  ;({ service, shop, register, listOf, aReader, ship, pushOf } = push)
})
afterAll(() => push.close())

const REMOVE = `mutation ($input: RemovePushSubscriptionInput!) { removePushSubscription(input: $input) {
  isRemoved userErrors { ... on UserError { message path } } } }`

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
