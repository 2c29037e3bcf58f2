import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { notificationLoaders } from './loaders.ts'
import { notificationStore } from './notification/notification-store.ts'
import { type OpenNotifications, openNotifications, sampleOf } from './testing/open-notifications.ts'

let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['notification ('])

const FIELDS =
  'edges { cursor node { id kind title body channel status createdAt readAt } } pageInfo { hasNextPage endCursor }'
const LIST = `query ($first: Int, $after: String, $channel: NotificationChannel = IN_APP, $unreadOnly: Boolean) {
  notifications(first: $first, after: $after, channel: $channel, unreadOnly: $unreadOnly) { ${FIELDS} } }`
const MARK = `mutation ($input: MarkNotificationsReadInput!) {
  markNotificationsRead(input: $input) { unreadNotificationCount userErrors { ... on UserError { message path } } } }`
const ENTITIES = `query ($all: [_Any!]!) { _entities(representations: $all) {
  ... on User { id notifications(first: 2) { edges { node { id title } } } unreadNotificationCount }
  ... on Notification { id title } } }`

type NotificationNode = {
  id: string
  kind: string
  title: string
  body: string
  channel: string
  createdAt: string
  readAt: string | null
}

type Listed = { cursor: string; node: NotificationNode }

/** A person with this many in-app notifications, a minute apart, and as many e-mails. */
async function aReader(count: number) {
  const { userId, email } = await shop.aPerson()
  for (let made = 0; made < count; made++) {
    await shop.deliverSample('reviews.review.published', { authorId: userId, reviewId: newId('rev') })
    await shop.occasions.planDue()
    shop.pass(60_000)
  }
  return { userId, email, viewer: customer(userId) }
}

async function list(viewer: Viewer, args: object = {}) {
  const { data, errors } = await shop.execute(LIST, { ...args }, viewer)
  expect(errors).toEqual([])
  return data.notifications as {
    edges: Listed[]
    pageInfo: { hasNextPage: boolean; endCursor: string }
  }
}

const mark = async (viewer: Viewer, input: object) => {
  const { data, errors } = await shop.execute(MARK, { input }, viewer)
  expect(errors).toEqual([])
  return data.markNotificationsRead
}

const idsOf = ({ edges }: Awaited<ReturnType<typeof list>>) => edges.map(({ node }) => node.id)

describe('the list', () => {
  test('has the viewer’s own, newest first, page by page', async () => {
    const { viewer, userId } = await aReader(5)
    await aReader(1)
    // Three are of one instant: their ids decide.
    await shop.sql(
      `UPDATE notification SET created_at = $2 WHERE user_id = $1 AND created_at > $2::timestamptz - interval '150 seconds' RETURNING 1`,
      userId,
      shop.now(),
    )
    await shop.prisma.$executeRaw`ANALYZE notification`
    const all = idsOf(await list(viewer))
    expect(all).toHaveLength(5)
    expect([...all].sort().reverse()).toEqual(all)
    const first = await list(viewer, { first: 2 })
    const second = await list(viewer, { first: 2, after: first.pageInfo.endCursor })
    const third = await list(viewer, { first: 2, after: second.pageInfo.endCursor })
    expect([first, second, third].flatMap(idsOf)).toEqual(all)
    expect([first, second, third].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false])
  })

  test('has one channel, or all', async () => {
    const { viewer } = await aReader(2)
    const channels = async (channel?: string | null) =>
      (await list(viewer, channel === undefined ? {} : { channel })).edges
        .map(({ node }) => node.channel)
        .sort()
    expect(await channels()).toEqual(['IN_APP', 'IN_APP'])
    expect(await channels('EMAIL')).toEqual(['EMAIL', 'EMAIL'])
    expect(await channels('SMS')).toEqual([])
    expect(await channels(null)).toEqual(['EMAIL', 'EMAIL', 'IN_APP', 'IN_APP'])
    const { endCursor: after } = (await list(viewer, { channel: 'EMAIL' })).pageInfo
    const { errors } = await shop.execute(LIST, { after }, viewer)
    expect(errors).toMatchObject([{ message: expect.stringContaining('with the same sort') }])
  })

  test.each([
    [{ first: 0 }, /first is 0: allowed is 1 to 100/],
    [{ first: 101 }, /first is 101: allowed is 1 to 100/],
    [{ after: 'nonsense' }, /after is "nonsense"/],
    [{ after: Buffer.from('["NEWEST EMAIL","x"]').toString('base64url') }, /cursor/],
    [{ after: Buffer.from('["NEWEST IN_APP","x","\\u0000"]').toString('base64url') }, /cursor/],
    [{ channel: 'PIGEON' }, /PIGEON/],
  ])('refuses %j', async (args, message) => {
    const { errors } = await shop.execute(LIST, args, customer(newId('usr')))
    expect(errors[0]?.message).toMatch(message)
    expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT')
  })

  test('is for people who are signed in', async () => {
    const { errors } = await shop.execute(LIST, {}, anonymous)
    expect(errors[0]?.extensions?.code).toBe('UNAUTHENTICATED')
  })
})

describe('what was read', () => {
  test('is marked by ids, and keeps the time of the first mark', async () => {
    const { viewer } = await aReader(3)
    const [newest] = idsOf(await list(viewer))
    expect(await mark(viewer, { ids: [newest] })).toEqual({ unreadNotificationCount: 2, userErrors: [] })
    const first = (await list(viewer)).edges[0]?.node.readAt
    expect(first).toBe(shop.now().toISOString())
    shop.pass(60_000)
    await mark(viewer, { ids: [newest] })
    expect((await list(viewer)).edges[0]?.node.readAt).toBe(first)
    const unread = await list(viewer, { unreadOnly: true })
    expect(idsOf(unread)).not.toContain(newest)
    const { errors } = await shop.execute(LIST, { after: unread.pageInfo.endCursor }, viewer)
    expect(errors).toMatchObject([{ message: expect.stringContaining('with the same sort') }])
  })

  test('is marked up to an instant', async () => {
    const { viewer } = await aReader(3)
    const { edges } = await list(viewer)
    const until = edges[1]?.node.createdAt
    expect(await mark(viewer, { ids: null, until })).toMatchObject({ unreadNotificationCount: 1 })
    const ids = edges.map(({ node }) => node.id)
    expect(await mark(viewer, { ids, until: null })).toMatchObject({ unreadNotificationCount: 0 })
  })

  test('is nobody else’s to mark', async () => {
    const { viewer } = await aReader(1)
    const ids = idsOf(await list(viewer))
    await mark(customer(newId('usr')), { ids })
    expect((await list(viewer)).edges[0]?.node.readAt).toBeNull()
  })

  test('is counted up to 100', async () => {
    const userId = newId('usr')
    await shop.sql(
      `INSERT INTO notification (id, occasion_id, recipient, user_id, channel, kind, language, title, body, status, available_at, created_at)
       SELECT 'ntf_' || n, n, $1, $1, 'IN_APP', 'WELCOME', 'en', 'Welcome', 'Welcome', 'SENT', $2, $2 FROM generate_series(1, 120) AS n RETURNING id`,
      userId,
      shop.now(),
    )
    const all = [{ __typename: 'User', id: userId }]
    const { data } = await shop.execute(ENTITIES, { all }, customer(userId))
    expect(data._entities[0].unreadNotificationCount).toBe(100)
  })

  test.each([
    [{}, /exactly one of ids and until/],
    [{ ids: [], until: null }, /ids/],
    [{ ids: [`ntf_${'x'.repeat(10)}`] }, /ntf_xxx/],
    [{ ids: [newId('ntf')], until: '2026-11-28T09:30:00Z' }, /exactly one of ids and until/],
    [{ ids: Array.from({ length: 101 }, () => newId('ntf')) }, /at most 100|<=100/],
  ])('refuses anything but one of ids and an instant: %#', async (input, message) => {
    const { userErrors, unreadNotificationCount } = await mark(customer(newId('usr')), input)
    expect(unreadNotificationCount).toBeNull()
    expect(userErrors[0]?.message).toMatch(message)
    expect(userErrors[0]?.path?.[0]).toBe('ids')
  })
})

describe('references', () => {
  test('a user’s notifications are shown to the user and to support, and to nobody else', async () => {
    const { userId, viewer } = await aReader(1)
    const seen = async (by: Viewer) => {
      const { data } = await shop.execute(ENTITIES, { all: [{ __typename: 'User', id: userId }] }, by)
      const [user] = data._entities
      return [user.notifications?.edges.length ?? null, user.unreadNotificationCount]
    }
    expect(await seen(viewer)).toEqual([1, 1])
    expect(await seen(staff('support:read'))).toEqual([1, null])
    expect(await seen(customer(newId('usr')))).toEqual([null, null])
    expect(await seen(staff('users:read'))).toEqual([null, null])
  })

  test('a notification is found by its person; ids that are none find nothing', async () => {
    const { viewer } = await aReader(1)
    const [id] = idsOf(await list(viewer))
    const all = [id, newId('ntf'), 'ntf_nonsense', '\0'].map((one) => ({
      __typename: 'Notification',
      id: one,
    }))
    const seen = async (by: Viewer) => (await shop.execute(ENTITIES, { all }, by)).data._entities
    expect(await seen(viewer)).toEqual([{ id, title: 'Your review is published' }, null, null, null])
    expect(await seen(customer(newId('usr')))).toEqual([null, null, null, null])
    const one = `query ($id: ID!) { notification(id: $id) { id } }`
    expect((await shop.execute(one, { id }, viewer)).data.notification).toEqual({ id })
    expect((await shop.execute(one, { id }, staff('support:read'))).data.notification).toBeNull()
    expect((await shop.execute(one, { id: 'x' }, viewer)).errors[0]?.message).toMatch(/id is "x"/)
  })

  test('of several users and notifications, each has its own', async () => {
    const [ada, bo] = [await aReader(3), await aReader(1)]
    const [newest, second] = idsOf(await list(ada.viewer))
    const [ofBo] = idsOf(await list(bo.viewer))
    await mark(ada.viewer, { ids: [newest] })
    const users = [bo, newId('usr'), ada].map((one) => (typeof one === 'string' ? one : one.userId))
    const all = [
      ...users.map((id) => ({ __typename: 'User', id })),
      ...[ofBo, second, newest].map((id) => ({ __typename: 'Notification', id })),
    ]
    const query = `query ($all: [_Any!]!) { _entities(representations: $all) {
      ... on User { id notifications(first: 2) { edges { node { id } } } } ... on Notification { id } } }`
    const { data } = await shop.execute(query, { all }, staff('support:read'))
    const nodes = (...ids: unknown[]) => ({ edges: ids.map((id) => ({ node: { id } })) })
    expect(data._entities).toEqual([
      { id: users[0], notifications: nodes(ofBo) },
      { id: users[1], notifications: nodes() },
      { id: users[2], notifications: nodes(newest, second) },
      ...[{ id: ofBo }, { id: second }, { id: newest }],
    ])
    const load = notificationLoaders(notificationStore(shop.prisma, shop.now))
    const unread = await load.unreadByUserId.loadMany(users)
    expect(unread).toEqual([1, 0, 2].map((count, at) => ({ userId: users[at], count })))
  })

  test('50 users cost one statement', async () => {
    const ids = Array.from({ length: 50 }, () => newId('usr'))
    const all = ids.map((id) => ({ __typename: 'User', id }))
    const fields = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on User { notifications { edges { node { id } } } } } }`
    expect(await shop.sqlCount(() => shop.execute(fields, { all }, staff('support:read')))).toBe(1)
  })
})

test.each([
  ['users.password.changed', { changeId: newId('pwc') }, 'Your password was changed'],
  ['users.sign_in.noticed', { signInId: newId('sgn') }, 'A new sign-in to your account'],
])(
  '%s is sent to its own address, also while the copy of the account has the previous one',
  async (type, data, subject) => {
    const { userId, email: taken } = await shop.aPerson()
    const email = `${userId}@restored.example`
    await shop.deliverSample(type, { ...data, userId, email })
    await shop.work()
    expect(await shop.mailTo(taken)).toEqual([])
    expect(await shop.mailTo(email)).toMatchObject([{ subject }])
  },
)

test('a message of an older version has no address, and is sent to the one of the copy', async () => {
  const { userId, email } = await shop.aPerson()
  await shop.deliver('users.password.changed', { userId, changeId: newId('pwc') })
  await shop.work()
  expect(await shop.mailTo(email)).toMatchObject([{ subject: 'Your password was changed' }])
})

test('a published message has the shape of its sample', async () => {
  const { userId } = await shop.aPerson()
  const orderId = await shop.anOrder({ customerId: userId })
  await shop.deliverSample('orders.order.confirmed', { orderId })
  await shop.work()
  const sample = sampleOf('notifications', 'notifications.notification.received')
  const told = (await shop.outbox()).filter(({ data }) => (data as { userId: string }).userId === userId)
  const [{ node }] = (await list(customer(userId))).edges as [Listed]
  const { id, kind, title, body, createdAt } = node
  expect(kind).toBe('ORDER_CONFIRMED')
  expect(told).toMatchObject([
    {
      ...{ type: sample.type, subject: id, sequence: 1 },
      data: { notificationId: id, userId, kind, title, body, createdAt },
    },
  ])
  const sent = 'SELECT status, available_at, created_at, sent_at FROM notification WHERE id = $1'
  const at = { available_at: shop.now(), created_at: shop.now(), sent_at: shop.now() }
  expect(await shop.sql(sent, id)).toEqual([{ status: 'SENT', ...at }])
  expect(Object.keys(told[0]?.data as object).sort()).toEqual(Object.keys(sample.data).sort())
})

test('the timers of notifications, with their periods', () => {
  const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000]
  expect(shop.timers).toEqual({
    ...{ 'plan-occasions': SECOND, 'plan-digests': MINUTE },
    ...{ 'send-email': SECOND, 'send-campaign': SECOND, 'send-sms': SECOND, 'send-push': SECOND },
    ...{ 'forget-digest-items': HOUR, 'forget-stopped-addresses': HOUR, 'forget-phone-codes': HOUR },
    ...{ 'forget-throttles': HOUR, 'forget-guest-addresses': HOUR, 'forget-notifications': HOUR },
    ...{ 'erase-deleted': HOUR },
  })
})
