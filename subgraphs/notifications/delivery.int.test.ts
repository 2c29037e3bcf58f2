import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { testSubgraph } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Outcome } from './delivery/delivery.ts'
import { deliveryStore, LANE_NAMES } from './delivery/delivery-store.ts'
import { notifications } from './subgraph.ts'
import { LINK_KEY, type OpenNotifications, openNotifications } from './testing/open-notifications.ts'

let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['notification ('])

type Row = { status: string; attempts: number; lastError: string | null; content: unknown }
async function mailOf(userId: string) {
  const [row] = await shop.sql<Row>(
    `SELECT status, attempts, last_error AS "lastError", content FROM notification WHERE user_id = $1 AND channel = 'EMAIL'`,
    userId,
  )
  return row
}

/** Confirms an order of this person. */
async function confirm(userId: string): Promise<void> {
  await shop.deliverSample('orders.order.confirmed', { orderId: await shop.anOrder({ customerId: userId }) })
}

test('a server that asks for patience is asked again, ever more rarely, ten times; then the message has failed', async () => {
  const { userId } = await shop.aPerson({ email: 'later@argyle.example' })
  await confirm(userId)
  await shop.work()
  expect(await mailOf(userId)).toMatchObject({
    status: 'QUEUED',
    attempts: 1,
    lastError: expect.stringContaining('4.3.0'),
  })
  shop.pass(9_999)
  await shop.work()
  expect(await mailOf(userId)).toMatchObject({ attempts: 1 })
  shop.pass(1)
  await shop.work()
  expect(await mailOf(userId)).toMatchObject({ status: 'QUEUED', attempts: 2 })
  for (let tries = 3; tries <= 10; tries++) {
    shop.pass(6 * 3_600_000)
    await shop.work()
  }
  expect(await mailOf(userId)).toMatchObject({
    status: 'FAILED',
    attempts: 10,
    lastError: expect.stringContaining('4.3.0'),
  })
  shop.pass(24 * 3_600_000)
  await shop.work()
  expect(await mailOf(userId)).toMatchObject({ attempts: 10 })
})

test('an address that is refused for good is not tried again', async () => {
  const { userId } = await shop.aPerson({ email: 'refused@argyle.example' })
  await confirm(userId)
  await shop.work()
  expect(await mailOf(userId)).toMatchObject({
    status: 'FAILED',
    attempts: 1,
    lastError: expect.stringContaining('5.1.1'),
  })
})

test('many replicas at once send each message once, more than a batch of them', async () => {
  const people = await Promise.all(Array.from({ length: 55 }, () => shop.aPerson()))
  for (const { userId } of people) await confirm(userId)
  await shop.atOnce([0, 1, 2].map(() => () => shop.occasions.planDue()))
  await shop.atOnce([0, 1, 2].map(() => () => shop.deliveries.sendDue('EMAIL')))
  const sent = await Promise.all(people.slice(0, 10).map(({ email }) => shop.mailTo(email)))
  expect(sent.map((mails) => mails.length)).toEqual(sent.map(() => 1))
  const ids = people.map(({ userId }) => userId)
  const [tried] = await shop.sql(
    `SELECT count(*)::int AS count, max(attempts) AS attempts FROM notification
      WHERE user_id = ANY($1) AND channel = 'EMAIL' AND status = 'SENT'`,
    ids,
  )
  expect(tried).toEqual({ count: 55, attempts: 1 })
})

test('one replica alone plans and sends more than a batch', async () => {
  const people = await Promise.all(Array.from({ length: 51 }, () => shop.aPerson()))
  const ids = people.map(({ userId }) => userId)
  await shop.sql(
    `INSERT INTO occasion (id, kind, user_id, data, due_at, created_at)
     SELECT 'REVIEW_PUBLISHED ' || id, 'REVIEW_PUBLISHED', id, '{"kind": "REVIEW_PUBLISHED", "rating": 5}', $2, $2
       FROM unnest($1::text[]) AS id RETURNING 1`,
    ids,
    shop.now(),
  )
  await shop.occasions.planDue()
  await shop.deliveries.sendDue('EMAIL')
  const statuses = await shop.sql(
    `SELECT status, count(*)::int AS count FROM notification WHERE user_id = ANY($1) AND channel = 'EMAIL' GROUP BY status`,
    ids,
  )
  expect(statuses).toEqual([{ status: 'SENT', count: 51 }])
})

test('a message whose sender died is sent by another after three minutes', async () => {
  const { userId, email } = await shop.aPerson()
  await confirm(userId)
  await shop.occasions.planDue()
  await shop.sql(
    `UPDATE notification SET attempts = 1, available_at = $2::timestamptz + interval '180 seconds'
      WHERE user_id = $1 AND channel = 'EMAIL' RETURNING id`,
    userId,
    shop.now(),
  )
  await shop.work()
  expect(await shop.mailTo(email)).toEqual([])
  shop.pass(180_000)
  await shop.work()
  expect(await shop.mailTo(email)).toHaveLength(1)
  expect(await mailOf(userId)).toMatchObject({ status: 'SENT', attempts: 2, content: null })
})

test('a sender that took longer than its claim leaves the message to the one that has it since', async () => {
  const { userId, email } = await shop.aPerson({ email: 'later@argyle.example' })
  await confirm(userId)
  await shop.occasions.planDue()
  const [begun, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<Outcome>()]
  const unused = { send: () => Promise.reject(new Error('not of this lane')) }
  const slow = deliveryStore({
    ...{ prisma: shop.prisma, clock: shop.now, push: unused, sms: unused, publicUrl: 'https://shop.example' },
    ...{ linkKey: LINK_KEY, unsubscribeKey: LINK_KEY },
    mail: {
      CAMPAIGN: { ...unused, close() {} },
      EMAIL: {
        send() {
          begun.resolve()
          return answered.promise
        },
        close() {},
      },
    },
  })
  const sending = slow.sendDue('EMAIL')
  await begun.promise
  shop.pass(179_999)
  await shop.deliveries.sendDue('EMAIL')
  expect(await mailOf(userId)).toMatchObject({ status: 'QUEUED', attempts: 1, lastError: null })
  shop.pass(1)
  await shop.deliveries.sendDue('EMAIL')
  const other = await mailOf(userId)
  expect(other).toMatchObject({ status: 'QUEUED', attempts: 2, lastError: expect.stringContaining('4.3.0') })
  answered.resolve({ type: 'refused', reason: 'no such address', stopsAddress: true })
  await sending
  expect(await mailOf(userId)).toEqual(other)
  expect(await shop.sql('SELECT address FROM stopped_address')).not.toContainEqual({ address: email })
})

test('an e-mail that comes back while its sender waits for the answer of the server has failed', async () => {
  const { userId } = await shop.aPerson()
  await confirm(userId)
  await shop.occasions.planDue()
  const [begun, answered] = [Promise.withResolvers<string>(), Promise.withResolvers<Outcome>()]
  const unused = { send: () => Promise.reject(new Error('not of this lane')) }
  const slow = deliveryStore({
    ...{ prisma: shop.prisma, clock: shop.now, push: unused, sms: unused, publicUrl: 'https://shop.example' },
    ...{ linkKey: LINK_KEY, unsubscribeKey: LINK_KEY },
    mail: {
      CAMPAIGN: { ...unused, close() {} },
      EMAIL: {
        send({ id }) {
          begun.resolve(id)
          return answered.promise
        },
        close() {},
      },
    },
  })
  const sending = slow.sendDue('EMAIL')
  const report = { type: 'failed', status: '5.2.2', stopsAddress: false } as const
  await shop.addresses.heed({ ...report, notificationId: await begun.promise })
  answered.resolve({ type: 'sent' })
  await sending
  const lastError = 'the mail server reported 5.2.2'
  expect(await mailOf(userId)).toMatchObject({ status: 'FAILED', lastError })
})

test('a message that is too late by the time that the server is there again is not sent', async () => {
  const { userId, email } = await shop.aPerson()
  const orderId = await shop.anOrder({ customerId: userId })
  const expiresAt = new Date(shop.now().getTime() + 90_000).toISOString()
  await shop.deliverSample('payments.payment.action_required', {
    orderId,
    paymentId: newId('pay'),
    expiresAt,
  })
  shop.pass(60_000)
  await shop.occasions.planDue()
  shop.pass(30_000)
  await shop.deliveries.sendDue('EMAIL')
  expect(await mailOf(userId)).toMatchObject({ status: 'SUPPRESSED', lastError: 'it was too late' })
  expect(await shop.mailTo(email)).toEqual([])
})

test('rows older than 400 days are deleted, in more than one batch', async () => {
  const age = `$1::timestamptz - interval '400 days' - LEAST(n, 1) * interval '1 ms' FROM generate_series(0, 1500) AS n RETURNING 1`
  await shop.sql(
    `INSERT INTO occasion (id, kind, state, due_at, created_at) SELECT 'OLD ' || n, 'WELCOME', 'DONE', $1, ${age}`,
    shop.now(),
  )
  await shop.sql(
    `INSERT INTO notification (id, occasion_id, recipient, channel, kind, language, title, body, status, available_at, created_at)
     SELECT 'OLD ' || n, n, 'ada@argyle.example', 'EMAIL', 'WELCOME', 'en', 'Welcome', 'Welcome', 'SENT', $1, ${age}`,
    shop.now(),
  )
  await shop.runTimer('forget-notifications')
  for (const table of ['occasion', 'notification'])
    expect(await shop.sql(`SELECT id FROM ${table} WHERE id LIKE 'OLD %'`)).toEqual([{ id: 'OLD 0' }])
})

test('without an SMTP server an e-mail is suppressed, with the reason; the list of the account has the message', async () => {
  const alone = await testSubgraph(notifications, { settings: { LINK_KEY: LINK_KEY.toString('base64url') } })
  try {
    const { prisma, occasions, deliveries } = alone.resources as OpenNotifications['resources'] &
      OpenNotifications
    const userId = newId('usr')
    const data = { userId, email: 'ada@argyle.example', displayName: 'Ada' }
    await alone.deliver('users.contact.changed', data, { subject: userId, sequence: 1 })
    await occasions.planDue()
    await deliveries.sendDue('EMAIL')
    const rows = await prisma.$queryRawUnsafe(
      'SELECT channel, status, last_error FROM notification ORDER BY channel',
    )
    expect(rows).toEqual([
      { channel: 'EMAIL', status: 'SUPPRESSED', last_error: 'no SMTP server is set (SMTP_URL)' },
      { channel: 'IN_APP', status: 'SENT', last_error: null },
    ])
  } finally {
    await alone.close()
  }
})

test('a channel is given all of a message', async () => {
  const { userId, email } = await shop.aPerson()
  const phone = '+4915112345678'
  await shop.prisma.phone.create({ data: { userId, number: phone, verifiedAt: shop.now() } })
  const browser = {
    id: newId('psb'),
    userId,
    endpoint: `https://push.example/${userId}`,
    p256dh: 'k',
    auth: 's',
  }
  await shop.prisma.pushSubscription.create({ data: { ...browser, createdAt: shop.now() } })
  const expiresAt = new Date(shop.now().getTime() + 600_000)
  const needed = { paymentId: newId('pay'), expiresAt: expiresAt.toISOString() }
  const orderId = await shop.anOrder({ customerId: userId, countryCode: 'GB' })
  await shop.deliverSample('payments.payment.action_required', { orderId, ...needed })
  shop.pass(60_000)
  await shop.occasions.planDue()
  const planned = shop.now()
  const given: [lane: string, message: { id: string }][] = []
  const channel = (lane: string) => ({
    async send(message: { id: string }): Promise<Outcome> {
      given.push([lane, message])
      return { type: 'later', reason: 'busy' }
    },
    close() {},
  })
  const store = deliveryStore({
    ...{ prisma: shop.prisma, clock: shop.now, publicUrl: 'https://shop.example' },
    ...{ linkKey: LINK_KEY, unsubscribeKey: LINK_KEY, push: channel('PUSH'), sms: channel('SMS') },
    mail: { EMAIL: channel('EMAIL'), CAMPAIGN: channel('CAMPAIGN') },
  })
  const sent = async () => {
    given.length = 0
    for (const lane of LANE_NAMES) await store.sendDue(lane)
    const rows = await shop.sql<{ channel: string; id: string }>(
      'SELECT channel, id FROM notification WHERE user_id = $1',
      userId,
    )
    const ids = Object.fromEntries(rows.map((row) => [row.channel, row.id]))
    return { ids, messages: given.filter(([lane, { id }]) => ids[lane] === id) }
  }
  const { ids, messages } = await sent()
  const title = 'Order A-7K2M-9QX3 needs your confirmation'
  const body = expect.stringMatching(/^Please confirm the payment of €23\.38 for your order A-7K2M-9QX3 by /)
  const url = 'https://shop.example/orders/A-7K2M-9QX3'
  const text = expect.stringMatching(
    /^Argyle: Please confirm .* https:\/\/shop\.example\/orders\/A-7K2M-9QX3$/,
  )
  const mail = { to: email, subject: title, text: expect.stringContaining(url), html: expect.any(String) }
  const push = { userId, kind: 'PAYMENT_ACTION_NEEDED', title, body, url, isUrgent: true, expiresAt }
  const sms = { id: ids.SMS, to: phone, text, queuedAt: planned, attempts: 1 }
  expect(messages).toEqual([
    ['EMAIL', { id: ids.EMAIL, ...mail, unsubscribe: undefined, replyTag: undefined }],
    ['SMS', sms],
    ['PUSH', { id: ids.PUSH, ...push }],
  ])
  shop.pass(10_000)
  expect((await sent()).messages[1]).toEqual(['SMS', { ...sms, attempts: 2 }])
})

test('what another replica has in hand is left to it, and holds up nothing else', async () => {
  const [theirs, ours] = [await shop.aPerson(), await shop.aPerson()]
  for (const { userId } of [theirs, ours]) await confirm(userId)
  const isSent = async () => [(await mailOf(theirs.userId))?.status, (await mailOf(ours.userId))?.status]
  const occasion = `SELECT 1 FROM occasion WHERE order_id IN (SELECT order_id FROM known_order WHERE customer_id = $1) FOR UPDATE`
  await shop.whileLocked(occasion, [theirs.userId], () => shop.occasions.planDue())
  expect(await isSent()).toEqual([undefined, 'QUEUED'])
  await shop.occasions.planDue()
  const message = `SELECT 1 FROM notification WHERE user_id = $1 AND channel = 'EMAIL' FOR UPDATE`
  await shop.whileLocked(message, [theirs.userId], () => shop.deliveries.sendDue('EMAIL'))
  expect(await isSent()).toEqual(['QUEUED', 'SENT'])
  await shop.deliveries.sendDue('EMAIL')
  expect(await isSent()).toEqual(['SENT', 'SENT'])
})
