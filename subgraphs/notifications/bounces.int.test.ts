import { newId } from '@argyle/kit/ids'
import { seal } from '@argyle/kit/sealed'
import type { ServedSubgraph } from '@argyle/kit/serve'
import { serveWithoutTimers } from '@argyle/kit/testing/served'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { notifications } from './subgraph.ts'
import {
  LINK_KEY,
  type OpenNotifications,
  openNotifications,
  sampleOf,
} from './testing/open-notifications.ts'
import { aComplaint, aDeliveryReport } from './testing/reports.ts'

const KEY = Buffer.alloc(32, 7).toString('base64url')
let shop: OpenNotifications
let served: ServedSubgraph
beforeAll(async () => {
  shop = await openNotifications()
  served = await serveWithoutTimers(notifications, {
    databaseUrl: shop.databaseUrl,
    settings: {
      LINK_KEY: LINK_KEY.toString('base64url'),
      SMTP_URL: shop.mailbox.smtpUrl,
      MAIL_REPORT_KEY: KEY,
    },
    clock: shop.now,
  })
})
afterAll(async () => {
  await served?.close()
  await shop.close()
})

const report = (body: string, headers: Record<string, string> = {}) =>
  fetch(new URL('/mail-reports', served.url), {
    method: 'POST',
    body,
    headers: { 'content-type': 'message/rfc822', authorization: `Bearer ${KEY}`, ...headers },
  })

type Row = { id: string; kind: string; channel: string; status: string; lastError: string | null }
const rowsOf = (userId: string) =>
  shop.sql<Row>(
    `SELECT id, kind, channel, status, last_error AS "lastError" FROM notification WHERE user_id = $1 ORDER BY occasion_id, channel`,
    userId,
  )
const mailOf = async (userId: string) => (await rowsOf(userId)).filter(({ channel }) => channel === 'EMAIL')

async function ship(userId: string) {
  const orderId = await shop.anOrder({ customerId: userId })
  await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId: newId('shp') })
  await shop.work()
}
const stoppedAt = async (userId: string) => {
  const { data } = await shop.execute('{ notificationPreferences { emailStoppedAt } }', {}, customer(userId))
  return data.notificationPreferences.emailStoppedAt
}
async function onlyByEmail(userId: string) {
  const query = `mutation ($input: UpdateNotificationPreferencesInput!) {
    updateNotificationPreferences(input: $input) { userErrors { __typename } } }`
  const choices = [{ kind: 'ORDER_SHIPPED', channel: 'IN_APP', isEnabled: false }]
  await shop.execute(query, { input: { expectedVersion: 1, choices } }, customer(userId))
}

/** The published events about messages in the list of the account. */
const receivedBy = async (userId: string) =>
  (await shop.outbox()).filter(({ data }) => (data as { userId: string }).userId === userId)

describe('an address that a server does not know', () => {
  test('gets no more e-mail, except links; the message is in the list instead, even if it is turned off there', async () => {
    const { userId, email } = await shop.aPerson()
    await onlyByEmail(userId)
    await ship(userId)
    expect(await rowsOf(userId)).toMatchObject([{ channel: 'EMAIL', status: 'SENT' }])
    const [sent] = await mailOf(userId)
    for (let time = 0; time < 2; time++)
      expect((await report(aDeliveryReport(sent?.id ?? ''))).status).toBe(204)
    expect(await rowsOf(userId)).toMatchObject([
      { channel: 'EMAIL', status: 'FAILED', lastError: 'the mail server reported 5.1.1' },
      { channel: 'IN_APP', status: 'SENT' },
    ])
    const [text, ...more] = await shop.sql<{ language: string }>(
      'SELECT DISTINCT kind, language, title, body FROM notification WHERE user_id = $1',
      userId,
    )
    expect(more).toEqual([])
    const { language: _, ...told } = text ?? { language: '' }
    expect(await receivedBy(userId)).toMatchObject([{ data: told }])
    expect(await stoppedAt(userId)).not.toBeNull()
    await ship(userId)
    expect((await rowsOf(userId)).slice(2)).toMatchObject([
      { channel: 'EMAIL', status: 'SUPPRESSED', lastError: 'the mail server reported 5.1.1' },
      { channel: 'IN_APP', status: 'SENT' },
    ])
    await shop.deliverSample('users.password.changed', { userId, email, changeId: newId('pwc') })
    await shop.work()
    expect((await shop.mailTo(email)).at(-1)?.subject).toBe('Your password was changed')
  })

  test('is stopped by the refusal of its server as well, and tried again once it is proved', async () => {
    const { userId } = await shop.aPerson({ email: 'refused@argyle.example' })
    await onlyByEmail(userId)
    await ship(userId)
    expect(await mailOf(userId)).toMatchObject([{ status: 'FAILED' }])
    expect(await receivedBy(userId)).toMatchObject([{ data: { kind: 'ORDER_SHIPPED' } }])
    expect(await stoppedAt(userId)).toBe(shop.now().toISOString())
    const proof = { userId, email: 'refused@argyle.example' }
    const another = 'also-refused@argyle.example'
    await shop.sql(`INSERT INTO stopped_address VALUES ($1, 'full', $2) RETURNING 1`, another, shop.now())
    // A replay is about proofs of the past.
    const past = {
      ...sampleOf('users', 'users.email.verified'),
      id: newId('evt'),
      replayed: true,
      data: proof,
    }
    await shop.deliver('notifications.replay', { messages: [past] })
    expect(await stoppedAt(userId)).toBe(shop.now().toISOString())
    await shop.deliverSample('users.email.verified', proof)
    expect(await stoppedAt(userId)).toBeNull()
    const left = 'DELETE FROM stopped_address WHERE address = $1 RETURNING reason'
    expect(await shop.sql(left, another)).toEqual([{ reason: 'full' }])
  })

  test('is tried again after 90 days', async () => {
    const { userId, email } = await shop.aPerson()
    for (let count = 0; count < 2; count++) await ship(userId)
    const [sent, next] = await mailOf(userId)
    await report(aDeliveryReport(sent?.id ?? ''))
    // A report of another e-mail renews the time and the reason.
    const again = { type: 'failed', status: '5.1.2', stopsAddress: true } as const
    await shop.addresses.heed({ ...again, notificationId: next?.id ?? '' })
    expect(await stoppedAt(userId)).toBe(shop.now().toISOString())
    const reason = 'the mail server reported 5.1.2'
    const stopped = 'SELECT reason FROM stopped_address WHERE address = $1'
    expect(await shop.sql(stopped, email)).toEqual([{ reason }])
    const forgetAfter = async (age: string) => {
      await shop.sql(
        `UPDATE stopped_address SET since = $2::timestamptz - $3::interval WHERE address = $1 RETURNING 1`,
        ...[email, shop.now(), age],
      )
      await shop.runTimer('forget-stopped-addresses')
    }
    await forgetAfter('90 days')
    expect(await stoppedAt(userId)).not.toBeNull()
    await forgetAfter('90 days 1 ms')
    expect(await stoppedAt(userId)).toBeNull()
  })
})

test('a stop of one address keeps nothing from another of the same account', async () => {
  const { userId, email } = await shop.aPerson()
  const claimed = `was-${email}`
  await shop.sql(`INSERT INTO stopped_address VALUES ($1, 'unknown', $2) RETURNING 1`, claimed, shop.now())
  const expiresAt = new Date(shop.now().getTime() + 60_000).toISOString()
  const sealedToken = Buffer.from(seal(LINK_KEY, Buffer.from('t'))).toString('base64url')
  const orderId = await shop.anOrder({ customerId: userId })
  await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId: newId('shp') })
  shop.pass(1)
  const link = { linkId: newId('lnk'), userId, email: claimed, sealedToken, expiresAt }
  await shop.deliverSample('users.link.made', { ...link, purpose: 'UNDO_EMAIL_CHANGE' })
  await shop.work()
  expect(await mailOf(userId)).toMatchObject([
    { kind: 'EMAIL_CHANGED', status: 'SENT' },
    { kind: 'ORDER_SHIPPED', status: 'SENT' },
  ])
  await shop.sql(`INSERT INTO stopped_address VALUES ($1, 'full', $2) RETURNING 1`, email, shop.now())
  await shop.deliverSample('shipping.shipment.delivered', { orderId, shipmentId: newId('shp') })
  shop.pass(1)
  await shop.deliverSample('users.link.made', {
    ...{ ...link, linkId: newId('lnk') },
    ...{ email: `not-${claimed}`, purpose: 'UNDO_EMAIL_CHANGE' },
  })
  await shop.work()
  expect((await mailOf(userId)).filter(({ kind }) => kind === 'ORDER_DELIVERED')).toMatchObject([
    { status: 'SUPPRESSED', lastError: 'full' },
  ])
})

test('an e-mail that waits for its next attempt is not sent again once it has come back', async () => {
  const { userId } = await shop.aPerson({ email: 'later@argyle.example' })
  await ship(userId)
  const [waiting] = await mailOf(userId)
  expect(waiting).toMatchObject({ status: 'QUEUED' })
  await report(aDeliveryReport(waiting?.id ?? '', { status: '5.2.2' }))
  expect(await mailOf(userId)).toMatchObject([{ status: 'FAILED' }])
})

test('a mailbox that is full fails one e-mail, and stops nothing', async () => {
  const { userId } = await shop.aPerson()
  await ship(userId)
  const [sent] = await mailOf(userId)
  await report(aDeliveryReport(sent?.id ?? '', { status: '5.2.2' }))
  expect(await mailOf(userId)).toMatchObject([{ status: 'FAILED' }])
  expect(await stoppedAt(userId)).toBeNull()
})

test('a complaint turns off all e-mails that are not required', async () => {
  const { userId, email } = await shop.aPerson()
  await ship(userId)
  const [sent] = await mailOf(userId)
  expect((await report(aComplaint(sent?.id ?? ''))).status).toBe(204)
  await ship(userId)
  await shop.deliverSample('orders.order.confirmed', {
    orderId: await shop.anOrder({ customerId: userId, countryCode: 'GB' }),
  })
  await shop.work()
  expect((await mailOf(userId)).map(({ kind, status }) => `${kind} ${status}`)).toEqual([
    'ORDER_CONFIRMED SENT',
    'ORDER_SHIPPED SENT',
    'ORDER_SHIPPED SUPPRESSED',
  ])
  expect((await shop.mailTo(email)).at(-1)?.subject).toContain('is confirmed')
})

test('a message that fails ten times is added to the list', async () => {
  const { userId } = await shop.aPerson({ email: 'later@argyle.example' })
  await onlyByEmail(userId)
  await ship(userId)
  for (let tries = 2; tries <= 10; tries++) {
    shop.pass(6 * 3_600_000)
    await shop.work()
  }
  expect(await rowsOf(userId)).toMatchObject([
    { channel: 'EMAIL', status: 'FAILED' },
    { channel: 'IN_APP', status: 'SENT' },
  ])
  expect(await stoppedAt(userId)).toBeNull()
})

describe('a report', () => {
  test('of a message that was no e-mail changes nothing', async () => {
    const { userId } = await shop.aPerson()
    await ship(userId)
    const before = await rowsOf(userId)
    const listed = before.find(({ channel }) => channel === 'IN_APP')
    for (const told of [aDeliveryReport, aComplaint])
      expect((await report(told(listed?.id ?? ''))).status).toBe(204)
    expect(await rowsOf(userId)).toEqual(before)
    expect(await shop.sql('SELECT 1 FROM opt_out WHERE recipient = $1', userId)).toEqual([])
  })

  test('of nobody, and of an e-mail that is not known, changes nothing', async () => {
    const { userId } = await shop.aPerson()
    await ship(userId)
    const before = await rowsOf(userId)
    const [sent] = await mailOf(userId)
    const body = aDeliveryReport(sent?.id ?? '')
    const another = `Bearer ${Buffer.alloc(32, 8).toString('base64url')}`
    // Also of one that would be too large: its body is not read.
    for (const authorization of ['', 'Bearer', `Bearer ${KEY}x`, another, `Basic ${KEY}`, `x Bearer ${KEY}`])
      for (const sent of [body, 'x'.repeat(1_000_001)]) {
        const refused = await report(sent, { authorization })
        const error = 'Authorize by Bearer and MAIL_REPORT_KEY.'
        expect([refused.status, await refused.json()]).toEqual([401, { error }])
      }
    expect((await report(aDeliveryReport(newId('ntf')))).status).toBe(204)
    expect((await report(body, { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await report('x'.repeat(1_000_001))).status).toBe(413)
    expect((await report('x'.repeat(1_000_000))).status).toBe(204)
    expect(await rowsOf(userId)).toEqual(before)
  })

  test('that cannot be saved is answered as an error, so that the mail server sends it again', async () => {
    const { userId } = await shop.aPerson()
    await ship(userId)
    const [sent] = await mailOf(userId)
    const body = aDeliveryReport(sent?.id ?? '', { status: '5.2.2' })
    await shop.prisma.$executeRaw`ALTER TABLE notification RENAME TO lost`
    try {
      expect((await report(body)).status).toBe(500)
    } finally {
      await shop.prisma.$executeRaw`ALTER TABLE lost RENAME TO notification`
    }
    expect((await report(body)).status).toBe(204)
    expect(await mailOf(userId)).toMatchObject([{ status: 'FAILED' }])
  })
})
