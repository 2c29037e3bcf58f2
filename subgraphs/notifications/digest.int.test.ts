import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type OpenNotifications, openNotifications, sampleOf } from './testing/open-notifications.ts'

const DAY_MS = 24 * 3_600_000
let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications()
})
afterAll(() => shop.close())
// The things of other tests are in no digest of this one.
beforeEach(async () => {
  shop.pass(DAY_MS)
  await shop.sql('DELETE FROM digest_item RETURNING 1')
  await shop.sql('DELETE FROM staff RETURNING 1')
})

/** A member of staff, whose first digest is scheduled. */
async function aColleague(...roles: string[]) {
  const person = await shop.aPerson()
  await shop.deliverSample(
    'users.roles.changed',
    { userId: person.userId, roles: ['CUSTOMER', ...roles] },
    { sequence: 3 },
  )
  await shop.digests.planDue()
  return person
}
const lowStock = (data: object = {}) =>
  shop.deliverSample('inventory.stock.low', { alertId: newId('alr'), ...data })
const breach = (data: object = {}) =>
  shop.deliverSample('support.ticket.breached', { ticketId: newId('tkt'), ...data })
const failure = (data: object = {}) =>
  shop.deliverSample('kit.message.failed', { eventId: newId('evt'), ...data })

/** A day later, everything that is due is planned and sent. */
async function nextDay() {
  shop.pass(DAY_MS)
  await shop.runTimer('plan-digests')
  await shop.work()
}
const subjectsTo = async (email: string) => (await shop.mailTo(email)).map(({ subject }) => subject)
const textOf = async (email: string) => (await shop.mailTo(email)).at(-1)?.text ?? ''

describe('a digest', () => {
  test('has the items of its reader’s role, each once however often its event arrives, by e-mail and in the list', async () => {
    const variantId = newId('var')
    const sample = sampleOf('products', 'products.product.changed').data
    await shop.deliverSample('products.product.changed', {
      ...sample,
      title: 'Harbour Stripe',
      variants: [{ variantId, sku: 'CRW-1', title: 'Navy / S' }],
    })
    const warehouse = await aColleague('WAREHOUSE')
    const agent = await aColleague('SUPPORT')
    const admin = await aColleague('ADMIN')
    const customers = await aColleague()
    const alertId = newId('alr')
    for (let time = 0; time < 3; time++) await lowStock({ alertId, variantId })
    await breach()
    await failure()
    await failure()
    await nextDay()
    expect(await subjectsTo(warehouse.email)).toEqual(['Since the last digest: 1 low stock'])
    expect(await textOf(warehouse.email)).toContain(
      'CRW-1 Harbour Stripe, Navy / S: 4 available, reorder point 5',
    )
    expect(await subjectsTo(agent.email)).toEqual(['Since the last digest: 1 missed deadline'])
    expect(await textOf(agent.email)).toContain('not resolved in time, HIGH')
    expect(await subjectsTo(admin.email)).toEqual([
      'Since the last digest: 1 low stock, 1 missed deadline, 2 failed jobs',
    ])
    expect(await textOf(admin.email)).toContain('orders: payments.payment.captured: 2 failures')
    expect(await subjectsTo(customers.email)).toEqual([])
    const rows = await shop.sql(
      `SELECT channel FROM notification WHERE user_id = $1 AND kind = 'STAFF_DIGEST' ORDER BY channel`,
      admin.userId,
    )
    expect(rows).toEqual([{ channel: 'EMAIL' }, { channel: 'IN_APP' }])
  })

  test('has each missed deadline of a ticket, and each job that failed by one message, however often they are told', async () => {
    const { email } = await aColleague('ADMIN')
    const [ticketId, eventId] = [newId('tkt'), newId('evt')]
    const breaches = [
      { clock: 'RESOLUTION', dueAt: '2026-11-22T07:30:00.000Z' },
      { clock: 'FIRST_RESPONSE', dueAt: '2026-11-22T07:30:00.000Z' },
      { clock: 'RESOLUTION', dueAt: '2026-11-23T07:30:00.000Z' },
    ]
    for (let time = 0; time < 2; time++) {
      await breach({ ticketId, breaches })
      for (const consumer of ['orders', 'search']) await failure({ eventId, consumer })
    }
    await nextDay()
    expect(await subjectsTo(email)).toEqual(['Since the last digest: 3 missed deadlines, 2 failed jobs'])
    expect(await textOf(email)).toContain('not answered in time, HIGH')
  })

  test('lists the refunds that failed, to those who can refund again, by the number of the order', async () => {
    const orderId = await shop.anOrder({ number: 'A-7K2M-9QX3' })
    const agent = await aColleague('SUPPORT')
    const warehouse = await aColleague('WAREHOUSE')
    const reversed = { orderId, refundId: newId('ret'), code: 'account_closed' }
    for (let time = 0; time < 2; time++) await shop.deliverSample('payments.refund.reversed', reversed)
    await shop.deliverSample('payments.refund.reversed', { ...reversed, orderId: newId('ord') })
    const orderOfNobody = newId('ord')
    const failed = { orderId: orderOfNobody, refundId: newId('ret'), code: 'x'.repeat(101) }
    for (const attempt of ['', ':2', ':20'])
      await shop.deliverSample('payments.refund.failed', {
        ...failed,
        refundId: `${failed.refundId}${attempt}`,
      })
    await nextDay()
    expect(await subjectsTo(agent.email)).toEqual(['Since the last digest: 3 failed refunds'])
    const text = await textOf(agent.email)
    expect(text).toContain('Order A-7K2M-9QX3: refund failed: account_closed')
    expect(text).toContain(`Order ${orderOfNobody}: refund failed: ${'x'.repeat(100)}\n`)
    expect(await subjectsTo(warehouse.email)).toEqual([])
  })

  test('leaves out a refund whose later attempt succeeded, and keeps that of another order', async () => {
    const { email } = await aColleague('SUPPORT')
    const refundId = newId('ret')
    const [settled, open] = [newId('ord'), newId('ord')]
    for (const orderId of [settled, open])
      await shop.deliverSample('payments.refund.failed', { orderId, refundId, code: 'expired' })
    await shop.deliverSample('payments.payment.refunded', { orderId: settled, refundId: `${refundId}:3` })
    // A refund that was made and came back stays, also if its messages change places.
    const cameBack = { orderId: settled, refundId: `${refundId}:3`, code: 'account_closed' }
    await shop.deliverSample('payments.refund.reversed', cameBack)
    await shop.deliverSample('payments.payment.refunded', { orderId: settled, refundId: `${refundId}:3` })
    await nextDay()
    expect(await subjectsTo(email)).toEqual(['Since the last digest: 2 failed refunds'])
    expect(await textOf(email)).toContain(`Order ${open}: refund failed`)
    expect(await textOf(email)).toContain('refund failed: account_closed')
  })

  test('is not made where there is nothing, nor of what an earlier one had', async () => {
    const { email } = await aColleague('WAREHOUSE')
    await breach()
    await nextDay()
    expect(await subjectsTo(email)).toEqual([])
    await lowStock()
    await nextDay()
    await nextDay()
    expect(await subjectsTo(email)).toHaveLength(1)
    await lowStock()
    await nextDay()
    expect(await subjectsTo(email)).toHaveLength(2)
  })

  test('is made once by many replicas', async () => {
    const [{ email }, other] = [await aColleague('WAREHOUSE'), await aColleague('WAREHOUSE')]
    await lowStock()
    shop.pass(DAY_MS)
    // That of another member of staff is left to the replica that has it in hand.
    const lock = 'SELECT 1 FROM staff WHERE user_id = $1 FOR UPDATE'
    await shop.whileLocked(lock, [other.userId], () => shop.digests.planDue())
    await shop.work()
    expect([await subjectsTo(email), await subjectsTo(other.email)]).toMatchObject([
      { length: 1 },
      { length: 0 },
    ])
    await shop.atOnce([0, 1, 2].map(() => () => shop.digests.planDue()))
    await shop.work()
    for (const to of [email, other.email]) expect(await subjectsTo(to)).toHaveLength(1)
  })

  test('is made for more members of staff than a batch', async () => {
    const colleagues = []
    for (let made = 0; made < 51; made++) colleagues.push(await shop.aPerson())
    for (const { userId } of colleagues)
      await shop.deliverSample('users.roles.changed', { userId, roles: ['WAREHOUSE'] }, { sequence: 3 })
    await shop.digests.planDue()
    await lowStock()
    shop.pass(DAY_MS)
    await shop.digests.planDue()
    const [row] = await shop.sql(
      `SELECT count(*)::int AS count FROM occasion WHERE kind = 'STAFF_DIGEST' AND state = 'PENDING'`,
    )
    expect(row).toEqual({ count: 51 })
    await shop.work()
  })

  test.each([
    [59_999, 0],
    [60_000, 1],
  ])('leaves what was written in the last minute to the next one: %i ms before', async (ms, count) => {
    const { email } = await aColleague('WAREHOUSE')
    shop.pass(DAY_MS - ms)
    await lowStock()
    shop.pass(ms)
    await shop.digests.planDue()
    await shop.work()
    expect(await subjectsTo(email)).toHaveLength(count)
    await nextDay()
    expect(await subjectsTo(email)).toHaveLength(1)
  })

  test('has twenty lines of each part, and the number of all', async () => {
    const { email } = await aColleague('ADMIN')
    for (let made = 0; made < 21; made++) {
      await lowStock({ variantId: newId('var') })
      await breach()
      await failure({ type: `orders.made.${made}` })
      await shop.deliverSample('payments.refund.failed', { refundId: newId('ret') })
    }
    await nextDay()
    expect(await subjectsTo(email)).toEqual([
      'Since the last digest: 21 low stocks, 21 missed deadlines, 21 failed refunds, 21 failed jobs',
    ])
    const text = await textOf(email)
    for (const line of [/reorder point/g, /not resolved in time/g, /refund failed/g, /orders\.made\.\d/g])
      expect(text.match(line)).toHaveLength(20)
  })

  test('comes at the hour that its reader chooses, or not at all', async () => {
    const { userId, email } = await aColleague('WAREHOUSE')
    const viewer = customer(userId)
    const update = async (input: object) => {
      const query = `mutation ($input: UpdateNotificationPreferencesInput!) { updateNotificationPreferences(input: $input) {
        preferences { version digestTime { hour timeZone } } userErrors { ... on UserError { message path } } } }`
      const { data } = await shop.execute(query, { input }, viewer)
      return data.updateNotificationPreferences
    }
    const read = '{ notificationPreferences { digestTime { hour timeZone } } }'
    expect((await shop.execute(read, {}, viewer)).data.notificationPreferences).toEqual({
      digestTime: { hour: 8, timeZone: 'UTC' },
    })
    const digestTime = { hour: 12, timeZone: 'Europe/Berlin' }
    expect(await update({ expectedVersion: 1, digestTime })).toMatchObject({ preferences: { digestTime } })
    const nextAt = async () => {
      const sql = 'SELECT next_at AS "nextAt" FROM staff WHERE user_id = $1'
      const [row] = await shop.sql<{ nextAt: Date }>(sql, userId)
      return row?.nextAt.toISOString()
    }
    expect(await nextAt()).toMatch(/T11:00:00/)
    // The time zone alone, then the hour alone.
    await update({ expectedVersion: 2, digestTime: { hour: 12, timeZone: 'Asia/Tokyo' } })
    expect(await nextAt()).toMatch(/T03:00:00/)
    await update({ expectedVersion: 3, digestTime: { hour: 13, timeZone: 'Asia/Tokyo' } })
    expect(await nextAt()).toMatch(/T04:00:00/)
    await lowStock()
    const choices = ['EMAIL', 'IN_APP'].map((channel) => ({
      kind: 'STAFF_DIGEST',
      channel,
      isEnabled: false,
    }))
    await update({ expectedVersion: 4, choices })
    await nextDay()
    expect(await subjectsTo(email)).toEqual([])
    for (const bad of [
      { hour: 24, timeZone: 'UTC' },
      { hour: -1, timeZone: 'UTC' },
      { hour: 8, timeZone: 'Mars' },
    ])
      expect(await update({ expectedVersion: 5, digestTime: bad })).toMatchObject({ preferences: null })
    const usual = { digestTime: { hour: 8, timeZone: 'UTC' } }
    expect(await update({ expectedVersion: 5, digestTime: null })).toMatchObject({ preferences: usual })
    expect((await shop.execute(read, {}, viewer)).data.notificationPreferences).toEqual(usual)
    expect(await nextAt()).toMatch(/T08:00:00/)
    const midnight = { hour: 0, timeZone: 'UTC' }
    await update({ expectedVersion: 6, digestTime: midnight })
    expect((await shop.execute(read, {}, viewer)).data.notificationPreferences.digestTime).toEqual(midnight)
    expect(await nextAt()).toMatch(/T00:00:00/)
  })

  test('is made no more for a role that was revoked, in whatever order the messages come, nor for a deleted account', async () => {
    const { userId, email } = await aColleague('WAREHOUSE')
    await shop.deliverSample('users.roles.changed', { userId, roles: ['CUSTOMER'] }, { sequence: 5 })
    await shop.deliverSample('users.roles.changed', { userId, roles: ['WAREHOUSE'] }, { sequence: 4 })
    const deleted = await aColleague('WAREHOUSE')
    await shop.deliverSample('users.account.deleted', { userId: deleted.userId }, { sequence: 9 })
    await shop.deliverSample(
      'users.roles.changed',
      { userId: deleted.userId, roles: ['WAREHOUSE'] },
      { sequence: 8 },
    )
    await lowStock()
    await nextDay()
    expect(await subjectsTo(email)).toEqual([])
    expect(await subjectsTo(deleted.email)).toEqual(['Your account is deleted'])
  })
})

test('replayed messages are in no digest', async () => {
  const { email } = await aColleague('ADMIN')
  const messages = [
    ['inventory', 'inventory.stock.low'],
    ['support', 'support.ticket.breached'],
    ['kit', 'kit.message.failed'],
  ].map(([publisher = '', type = '']) => ({ ...sampleOf(publisher, type), id: newId('evt'), replayed: true }))
  await shop.deliver('notifications.replay', { messages })
  await nextDay()
  expect(await subjectsTo(email)).toEqual([])
})

test('an e-mail that was given up is a failed job; one that was refused is not', async () => {
  const admin = await aColleague('ADMIN')
  for (const email of ['later@argyle.example', 'refused@argyle.example']) {
    const { userId } = await shop.aPerson({ email })
    await shop.deliverSample('shipping.shipment.dispatched', {
      orderId: await shop.anOrder({ customerId: userId }),
      shipmentId: newId('shp'),
    })
  }
  await shop.work()
  for (let tries = 2; tries <= 10; tries++) {
    shop.pass(6 * 3_600_000)
    await shop.work()
  }
  // It is sent again, and given up again.
  await shop.sql(
    `UPDATE notification SET status = 'QUEUED', attempts = 9 WHERE address = 'later@argyle.example' AND status = 'FAILED' RETURNING 1`,
  )
  shop.pass(1_000)
  await shop.work()
  shop.pass(61_000)
  await nextDay()
  expect(await subjectsTo(admin.email)).toEqual(['Since the last digest: 2 failed jobs'])
  expect(await textOf(admin.email)).toContain('notifications: EMAIL: 2 failures')
})

test('things are forgotten after thirty days, in more than one batch', async () => {
  await shop.sql(
    `INSERT INTO digest_item (id, kind, data, noted_at)
     SELECT 'OLD ' || n, 'LOW_STOCK', '{}', $1::timestamptz - interval '30 days' - LEAST(n, 1) * interval '1 ms'
       FROM generate_series(0, 1500) AS n RETURNING id`,
    shop.now(),
  )
  await shop.runTimer('forget-digest-items')
  expect(await shop.sql('SELECT id FROM digest_item')).toEqual([{ id: 'OLD 0' }])
})
