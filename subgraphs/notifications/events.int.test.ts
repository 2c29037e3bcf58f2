import { newId } from '@argyle/kit/ids'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenNotifications, openNotifications, sampleOf } from './testing/open-notifications.ts'

let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications()
})
afterAll(() => shop.close())

/** A customer with an order. */
async function aBuyer() {
  const person = await shop.aPerson()
  return { ...person, orderId: await shop.anOrder({ customerId: person.userId }) }
}

type Row = { kind: string; channel: string; status: string }
const messagesTo = (userId: string) =>
  shop.sql<Row>(
    'SELECT kind, channel, status FROM notification WHERE user_id = $1 ORDER BY created_at, channel',
    userId,
  )

const amount = { amountMinor: '1200', currencyCode: 'USD' }
const rejection = 'They were worn.'
const parcels = { parcelCount: 2, trackingNumber: 'PW482913650017' }
/**
 * Each message of the shop that causes a notification, with its kind, its details, and fields that the sample
 * does not have.
 */
const CASES: readonly [type: string, kind: string, details: object, more?: object][] = [
  ['orders.order.confirmed', 'ORDER_CONFIRMED', {}],
  ['orders.order.cancelled', 'ORDER_CANCELLED', { reason: 'OUT_OF_STOCK' }],
  ['payments.payment.declined', 'PAYMENT_FAILED', { code: 'insufficient_funds' }],
  ['payments.payment.action_required', 'PAYMENT_ACTION_NEEDED', { expiresAt: '2026-11-28T09:40:00.000Z' }],
  ['shipping.shipment.dispatched', 'ORDER_SHIPPED', { units: 3, ...parcels }, parcels],
  ['shipping.shipment.delivered', 'ORDER_DELIVERED', { units: 3, parcelCount: 2 }, parcels],
  ['payments.payment.refunded', 'ORDER_REFUNDED', { amount }],
  ['payments.refund.reversed', 'REFUND_FAILED', { amount }],
  ['shipping.return.changed', 'RETURN_APPROVED', {}],
  ['shipping.return.changed', 'RETURN_REQUESTED', {}, { status: 'REQUESTED' }],
  ['shipping.return.changed', 'RETURN_REJECTED', { rejection }, { status: 'REJECTED', rejection }],
  ['shipping.return.changed', 'RETURN_RECEIVED', {}, { status: 'RECEIVED' }],
]

describe('a publisher’s own message becomes one e-mail and one in-app notification, though it comes thrice', () => {
  test.each(CASES)('%s: %s', async (type, kind, details, more = {}) => {
    const { userId, email, orderId } = await aBuyer()
    // Another payment, since the sample's may be settled.
    const data = {
      orderId,
      customerId: userId,
      paymentId: newId('pay'),
      shipmentId: newId('shp'),
      returnId: newId('ret'),
      ...more,
    }
    const id = newId('evt')
    await shop.deliverSample(type, data, { id })
    await shop.deliverSample(type, data, { id })
    // The same data in another message: a repeated answer.
    await shop.deliverSample(type, data)
    shop.pass(60_000)
    await shop.work()
    await shop.work()
    expect(await messagesTo(userId)).toEqual([
      { kind, channel: 'EMAIL', status: 'SENT' },
      { kind, channel: 'IN_APP', status: 'SENT' },
    ])
    const [occasion] = await shop.sql<{ data: object }>(
      'SELECT data FROM occasion WHERE order_id = $1 AND kind = $2',
      ...[orderId, kind],
    )
    expect(occasion?.data).toEqual({ kind, ...details })
    const sent = await shop.mailTo(email)
    expect(sent).toHaveLength(1)
    expect(sent[0]?.text).toContain('A-7K2M-9QX3')
    expect(sent[0]?.html).toContain('A-7K2M-9QX3')
  })

  test('a return of another status causes none', async () => {
    const { userId, orderId } = await aBuyer()
    for (const status of ['REFUNDED', 'CANCELLED', 'LOST'])
      await shop.deliverSample('shipping.return.changed', { orderId, status, returnId: newId('ret') })
    await shop.work()
    expect(await messagesTo(userId)).toEqual([])
  })

  test('support.ticket.answered: TICKET_ANSWERED', async () => {
    const { userId, email } = await shop.aPerson()
    const about = { customerId: userId, messageId: newId('msg') }
    await shop.deliverSample('support.ticket.answered', { ...about, text: 'We send you a new pair.' })
    await shop.work()
    const [sent] = await shop.mailTo(email)
    expect(sent).toMatchObject({ subject: 'We have answered your question' })
    expect(sent?.text).toContain('“A hole in the left sock”')
    // An account reads the answer in the shop.
    expect(sent?.text).not.toContain('We send you a new pair.')
  })

  test('support.ticket.answered of a guest: an e-mail with the answer, which an e-mail can answer', async () => {
    const email = `${newId('usr').slice(4)}@argyle.example`
    const replyTag = '0123456789abcdef0123456789abcdef0123456789abcdef0123'
    const answer = { customerId: null, email, text: 'We send you a new pair.', replyTag }
    const messageId = newId('msg')
    for (let time = 0; time < 2; time++)
      await shop.deliverSample('support.ticket.answered', { ...answer, messageId })
    await shop.work()
    const [sent, ...more] = await shop.mailTo(email)
    expect([sent?.subject, more]).toEqual(['We have answered your question', []])
    expect(sent?.text).toContain('We send you a new pair.')
    const header = (name: string) => sent?.headers.find((one) => one.name.toLowerCase() === name)?.value
    expect(header('reply-to')).toBe(`support+${replyTag}@argyle.example`)
    expect(header('references')).toBe(`<ticket.${replyTag}@argyle.example>`)
  })

  test('support.ticket.answered is in the language of the country, for a guest and for a customer', async () => {
    const { userId, email } = await shop.aPerson()
    const guest = `${newId('usr').slice(4)}@argyle.example`
    const messages = [
      { customerId: userId, countryCode: 'DE' },
      { customerId: null, email: guest, text: 'Wir senden ein neues Paar.', countryCode: 'AT' },
      { customerId: null, email: guest, text: 'We send you a new pair.', countryCode: 'FR' },
    ]
    for (const message of messages)
      await shop.deliverSample('support.ticket.answered', { ...message, messageId: newId('msg') })
    await shop.work()
    const subjects = async (address: string) => (await shop.mailTo(address)).map(({ subject }) => subject)
    expect(await subjects(email)).toEqual(['Wir haben Ihre Frage beantwortet'])
    expect((await subjects(guest)).toSorted()).toEqual([
      'We have answered your question',
      'Wir haben Ihre Frage beantwortet',
    ])
  })

  test('reviews.review.published: REVIEW_PUBLISHED', async () => {
    const { userId, email } = await shop.aPerson()
    await shop.deliverSample('reviews.review.published', { authorId: userId, reviewId: newId('rev') })
    await shop.work()
    const [sent] = await shop.mailTo(email)
    expect(sent).toMatchObject({ subject: 'Your review is published' })
    expect(sent?.text).toContain('5 stars')
  })

  test('users.contact.changed: WELCOME with the first alone', async () => {
    const userId = newId('usr')
    const email = `${userId.slice(4)}@argyle.example`
    for (const sequence of [1, 2, 3])
      await shop.deliver(
        'users.contact.changed',
        { userId, email, displayName: 'Ada' },
        { subject: userId, sequence },
      )
    await shop.work()
    expect((await shop.mailTo(email)).map(({ subject }) => subject)).toEqual(['Welcome to Argyle'])
  })
})

test('an e-mail says who it is from, is its own reference, and asks for no automatic reply', async () => {
  const { userId, email } = await shop.aPerson()
  await shop.deliverSample('orders.order.confirmed', {
    orderId: await shop.anOrder({ customerId: userId, countryCode: 'GB' }),
  })
  await shop.work()
  const [mail] = await shop.mailTo(email)
  const header = (name: string) => mail?.headers.find((one) => one.name.toLowerCase() === name)?.value
  expect(header('from')).toBe('Argyle <shop@argyle.example>')
  expect(header('message-id')).toMatch(/^<ntf_[\w-]+@argyle\.example>$/)
  // Replies to an e-mail that asks for an answer go to the support team.
  expect(header('reply-to')).toBe('support@argyle.example')
  expect(header('auto-submitted')).toBe('auto-generated')
  expect(mail).toMatchObject({ subject: 'Order A-7K2M-9QX3 is confirmed', to: [email] })
  expect(mail?.text).toContain('€23.38')
  expect(mail?.text).toContain('https://shop.example/orders/A-7K2M-9QX3')
})

test.each(['dispatched', 'delivered'])('each parcel of an order that is %s has a message', async (event) => {
  const { userId, email, orderId } = await aBuyer()
  for (const shipmentId of [newId('shp'), newId('shp')])
    await shop.deliverSample(`shipping.shipment.${event}`, { orderId, customerId: userId, shipmentId })
  await shop.work()
  expect(await shop.mailTo(email)).toHaveLength(2)
})

test.each(['payments.payment.refunded', 'payments.refund.reversed'])(
  '%s: each refund of an order has a message, and so has one of another order by the same id',
  async (type) => {
    const { userId, email, orderId } = await aBuyer()
    const another = await shop.anOrder({ customerId: userId })
    const [one, two] = [newId('ret'), newId('ret')]
    await shop.deliverSample(type, { orderId, refundId: one })
    await shop.deliverSample(type, { orderId, refundId: two })
    await shop.deliverSample(type, { orderId: another, refundId: one })
    await shop.work()
    expect(await shop.mailTo(email)).toHaveLength(3)
  },
)

test('a guest gets e-mails, in the language of the country', async () => {
  const email = `${newId('usr').slice(4)}@argyle.example`
  const orderId = await shop.anOrder({ customerId: null, email, countryCode: 'AT' })
  await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId: newId('shp') })
  await shop.work()
  const [mail, ...more] = await shop.mailTo(email)
  expect([mail?.subject, more]).toEqual(['Ihre Bestellung A-7K2M-9QX3 ist unterwegs', []])
  expect(mail?.text).toContain('3 Paar')
})

test('a guest’s order belongs to the account that claimed it, even if the claim arrives first; the first claim counts', async () => {
  const { userId, email } = await shop.aPerson()
  const other = await shop.aPerson()
  const orderId = newId('ord')
  await shop.deliverSample('orders.order.claimed', { orderId, customerId: userId })
  await shop.deliverSample('orders.order.claimed', { orderId, customerId: other.userId })
  const guest = { customerId: null, email: 'guest@argyle.example' }
  await shop.deliverSample('orders.order.summarised', { orderId, ...guest })
  await shop.deliverSample('orders.order.confirmed', { orderId })
  await shop.work()
  expect(await shop.mailTo(email)).toHaveLength(1)
  expect(await shop.mailTo(other.email)).toEqual([])
  expect(await shop.mailTo('guest@argyle.example')).toEqual([])
})

test('an event that arrives before its order and its account waits for them', async () => {
  const [userId, orderId, email] = [newId('usr'), newId('ord'), `${newId('usr').slice(4)}@argyle.example`]
  await shop.deliverSample('orders.order.confirmed', { orderId, customerId: userId })
  await shop.work()
  await shop.deliverSample('orders.order.summarised', { orderId, customerId: userId })
  shop.pass(1_000)
  await shop.work()
  expect(await messagesTo(userId)).toEqual([])
  await shop.deliver(
    'users.contact.changed',
    { userId, email, displayName: 'Ada' },
    { subject: userId, sequence: 4 },
  )
  shop.pass(2_000)
  await shop.work()
  expect(await shop.mailTo(email)).toHaveLength(1)
})

test('an occasion whose order never becomes known is dropped after 150 attempts', async () => {
  const orderId = newId('ord')
  await shop.deliverSample('orders.order.confirmed', { orderId })
  const sql = 'UPDATE occasion SET attempts = $2, due_at = $3 WHERE order_id = $1 RETURNING 1'
  const afterAttempts = async (attempts: number) => {
    await shop.sql(sql, orderId, attempts, shop.now())
    await shop.work()
    return shop.sql('SELECT state, attempts, note FROM occasion WHERE order_id = $1', orderId)
  }
  expect(await afterAttempts(148)).toEqual([{ state: 'PENDING', attempts: 149, note: null }])
  const note = 'its order or account never became known'
  expect(await afterAttempts(149)).toEqual([{ state: 'DROPPED', attempts: 150, note }])
})

test('an occasion that this version cannot read is looked at again, and holds up no other', async () => {
  const { userId, email } = await shop.aPerson()
  await shop.sql(
    `INSERT INTO occasion (id, kind, user_id, data, due_at, created_at)
     VALUES ('NEWER usr_1', 'NEWER', $1, '{"kind": "NEWER"}', $2, $2) RETURNING id`,
    userId,
    shop.now(),
  )
  await shop.deliverSample('users.password.changed', { userId, email, changeId: newId('pwc') })
  await shop.work()
  expect(await shop.mailTo(email)).toHaveLength(1)
  expect(await shop.sql(`SELECT state, attempts, note FROM occasion WHERE id = 'NEWER usr_1'`)).toEqual([
    { state: 'PENDING', attempts: 1, note: expect.stringMatching(/^it cannot be planned: /) },
  ])
  const last = `UPDATE occasion SET attempts = 149, due_at = $1 WHERE id = 'NEWER usr_1' RETURNING 1`
  await shop.sql(last, shop.now())
  await shop.work()
  expect(await shop.sql(`SELECT state, note FROM occasion WHERE id = 'NEWER usr_1'`)).toEqual([
    { state: 'DROPPED', note: expect.stringMatching(/^it cannot be planned: /) },
  ])
})

test.each([
  ['users.link.made', { linkId: newId('lnk'), sealedToken: 'x'.repeat(501) }],
  [
    'payments.payment.refunded',
    { refundId: newId('ret'), amount: { amountMinor: '-1', currencyCode: 'EUR' } },
  ],
  ['reviews.review.published', { reviewId: newId('rev'), rating: 6 }],
])(
  '%s with details that could not be read again is refused, so that it becomes a dead letter',
  async (type, data) => {
    await expect(shop.deliverSample(type, data)).rejects.toThrow()
  },
)

test('a replay fills the copies and sends nothing', async () => {
  const [userId, orderId] = [newId('usr'), newId('ord')]
  const email = `${userId.slice(4)}@argyle.example`
  const past = (publisher: string, type: string, data: object, sequence = 1) => {
    const sample = sampleOf(publisher, type)
    return { ...sample, id: newId('evt'), sequence, replayed: true, data: { ...sample.data, ...data } }
  }
  const messages = [
    past('users', 'users.contact.changed', { userId, email }),
    past('orders', 'orders.order.summarised', { orderId, customerId: userId }),
    past('orders', 'orders.order.confirmed', { orderId, customerId: userId }),
    past('orders', 'orders.order.cancelled', { orderId, customerId: userId }),
    past('shipping', 'shipping.shipment.delivered', { orderId }),
    ...['action_required', 'authorized', 'voided', 'declined'].map((name) =>
      past('payments', `payments.payment.${name}`, { orderId, paymentId: newId('pay') }),
    ),
    past('reviews', 'reviews.review.published', { authorId: userId }),
  ]
  // Twice, as after a crash.
  for (let time = 0; time < 2; time++) await shop.deliver('notifications.replay', { messages })
  shop.pass(120_000)
  await shop.work()
  expect(await messagesTo(userId)).toEqual([])
  expect(
    await shop.sql('SELECT 1 FROM occasion WHERE order_id = $1 OR user_id = $2', orderId, userId),
  ).toEqual([])
  // Messages about later events use those copies.
  await shop.deliverSample('shipping.shipment.delivered', { orderId, shipmentId: newId('shp') })
  await shop.work()
  expect(await shop.mailTo(email)).toHaveLength(1)
})

test('of two messages that are due, the one that has been due longer comes first', async () => {
  const { userId, orderId } = await aBuyer()
  const expiresAt = new Date(shop.now().getTime() + 600_000).toISOString()
  const action = { orderId, paymentId: newId('pay'), expiresAt }
  await shop.deliverSample('payments.payment.action_required', action)
  shop.pass(59_000)
  await shop.deliverSample('reviews.review.published', { authorId: userId, reviewId: newId('rev') })
  shop.pass(1_000)
  await shop.work()
  const listed = await shop.sql(
    `SELECT kind FROM notification WHERE user_id = $1 AND channel = 'IN_APP' ORDER BY id`,
    userId,
  )
  expect(listed).toEqual([{ kind: 'REVIEW_PUBLISHED' }, { kind: 'PAYMENT_ACTION_NEEDED' }])
})

test('the newest contact wins, in whatever order the messages come', async () => {
  const userId = newId('usr')
  const contact = (email: string, sequence: number) =>
    shop.deliver(
      'users.contact.changed',
      { userId, email, displayName: 'Ada' },
      { subject: userId, sequence },
    )
  for (const sequence of [3, 2, 5, 4, 5]) await contact(`v${sequence}@argyle.example`, sequence)
  const known = await shop.sql('SELECT email, sequence FROM person WHERE user_id = $1', userId)
  expect(known).toEqual([{ email: 'v5@argyle.example', sequence: 5 }])
})

describe('a payment that needs its customer', () => {
  test.each([
    ['payments.payment.authorized', 'before', []],
    ['payments.payment.authorized', 'after', []],
    ['payments.payment.voided', 'after', []],
    ['payments.payment.declined', 'after', ['PAYMENT_FAILED', 'PAYMENT_FAILED']],
  ])('is not requested if %s arrives %s the request', async (type, when, kinds) => {
    const { userId, orderId } = await aBuyer()
    const expiresAt = new Date(shop.now().getTime() + 600_000).toISOString()
    const data = { orderId, paymentId: newId('pay'), expiresAt }
    const needed = () => shop.deliverSample('payments.payment.action_required', data)
    if (when === 'after') await needed()
    await shop.deliverSample(type, data)
    if (when === 'before') await needed()
    shop.pass(60_000)
    await shop.work()
    expect((await messagesTo(userId)).map(({ kind }) => kind)).toEqual(kinds)
    // Another payment of the order is requested by itself.
    await shop.deliverSample('payments.payment.action_required', { ...data, paymentId: newId('pay') })
    shop.pass(60_000)
    await shop.work()
    expect((await messagesTo(userId)).slice(kinds.length)).toMatchObject(
      ['EMAIL', 'IN_APP'].map((channel) => ({ kind: 'PAYMENT_ACTION_NEEDED', channel })),
    )
  })

  test('is left in peace for a minute, then asked', async () => {
    const { userId, orderId } = await aBuyer()
    const data = { orderId, paymentId: newId('pay') }
    const expiresAt = new Date(shop.now().getTime() + 600_000).toISOString()
    await shop.deliverSample('payments.payment.action_required', { ...data, expiresAt })
    shop.pass(59_000)
    await shop.work()
    expect(await messagesTo(userId)).toEqual([])
    shop.pass(1_000)
    await shop.work()
    expect(await messagesTo(userId)).toHaveLength(2)
  })
})
