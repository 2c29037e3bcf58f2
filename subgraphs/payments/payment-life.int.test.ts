import { newId } from '@argyle/kit/ids'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimCalls, scheduleLookup } from './payment/gateway-calls.ts'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

let shop: OpenPayments
beforeAll(async () => {
  shop = await openPayments()
})
afterAll(() => shop.close())

const types = async (orderId: string) => (await shop.publishedAbout(orderId)).map(({ type }) => type)
const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })

test('a good card is authorized, captured and refunded in parts; the ledger of the gateway agrees', async () => {
  const ada = customer(newId('usr'))
  const { orderId } = await shop.authorized(ada)
  expect(await shop.payment(orderId, ada)).toMatchObject({
    status: 'AUTHORIZED',
    authorized: { amount: '42.00', currencyCode: 'USD' },
    captured: { amount: '0.00' },
    nextAction: null,
  })
  await shop.command('capture', { orderId })
  await shop.command('refund', { orderId, refundId: 'ret_1', amount: usd('1200'), reason: 'returned' })
  await shop.command('refund', { orderId, refundId: 'ret_2', amount: usd('3000'), reason: 'returned' })
  expect(await shop.payment(orderId, ada)).toMatchObject({
    status: 'REFUNDED',
    captured: { amount: '42.00' },
    refunded: { amount: '42.00' },
    refunds: [{ amount: { amount: '12.00' } }, { amount: { amount: '30.00' } }],
  })
  expect(await types(orderId)).toEqual([
    'payment.authorized',
    'payment.captured',
    'payment.refunded',
    'payment.refunded',
  ])
  const entries = (await shop.sandbox.ledger()).filter(({ reference }) => reference === orderId)
  expect(entries.map(({ kind, amountMinor }) => `${kind} ${amountMinor}`)).toEqual([
    'AUTHORIZE 4200',
    'CAPTURE 4200',
    'REFUND 1200',
    'REFUND 3000',
  ])
})

test('the call of a command begins with its commit, as claimed; that of a command that fails is never made', async () => {
  const ada = customer(newId('usr'))
  const { orderId, data } = await shop.authorized(ada)
  await shop.command('capture', { orderId })
  const calls = await shop.sql(
    `SELECT c.kind::text, c.attempts, c.done_at IS NOT NULL AS done FROM gateway_call c JOIN payment p ON p.id = c.payment_id
      WHERE p.order_id = $1 ORDER BY c.id`,
    orderId,
  )
  expect(calls).toEqual([
    { kind: 'AUTHORIZE', attempts: 1, done: true },
    { kind: 'CAPTURE', attempts: 1, done: true },
  ])
  const other = newId('ord')
  const { prisma, payments, work } = shop.resources
  const asked = {
    ...data,
    orderId: other,
    guestProofHash: null,
    amount: { minor: 4200n, currency: 'USD' },
  } as const
  const failing = prisma.$transaction(async (tx) => {
    await payments.authorize(tx, asked)
    throw new Error('the transaction fails')
  })
  await expect(failing).rejects.toThrow('the transaction fails')
  await work.idle()
  expect((await shop.sandbox.ledger()).filter(({ reference }) => reference === other)).toEqual([])
  expect(await shop.sql('SELECT id FROM payment WHERE order_id = $1', other)).toEqual([])
})

test.each([
  ['4000000000009995', 'insufficient_funds', true],
  ['4000000000000002', 'card_declined', false],
  ['4000000000000069', 'expired_card', false],
  ['4000000000009987', 'lost_card', false],
  ['4100000000000019', 'fraudulent', false],
])('the card %s is declined: %s', async (card, code, retryable) => {
  const ada = customer(newId('usr'))
  const { orderId } = await shop.authorized(ada, card)
  expect((await shop.publishedAbout(orderId))[0]).toMatchObject({
    type: 'payment.declined',
    data: { orderId, code, retryable },
  })
  expect(await shop.payment(orderId, ada)).toMatchObject({
    status: 'DECLINED',
    authorized: { amount: '0.00' },
    captured: { amount: '0.00' },
    failure: { code, retryable },
  })
})

test('a void before its authorize leaves a tombstone, after it lets go of the money', async () => {
  const ada = customer(newId('usr'))
  const early = newId('ord')
  await shop.command('void', { orderId: early })
  const paymentMethodId = await shop.aMethod(ada)
  const late = { orderId: early, customerId: null, paymentMethodId, amount: usd('100') }
  await shop.command('authorize', late)
  expect(await shop.publishedAbout(early)).toMatchObject(
    Array(2).fill({ type: 'payment.voided', data: { paymentId: null } }),
  )
  const { orderId } = await shop.authorized(ada)
  await shop.command('void', { orderId })
  await shop.command('void', { orderId })
  expect(await types(orderId)).toEqual(['payment.authorized', 'payment.voided', 'payment.voided'])
  const kinds = (await shop.sandbox.ledger()).filter(({ reference }) => reference === orderId)
  expect(kinds.map(({ kind }) => kind)).toEqual(['AUTHORIZE', 'VOID'])
})

test('a second step waits for the customer, and goes on by the gateway’s word even if no webhook comes', async () => {
  const ada = customer(newId('usr'))
  const { orderId } = await shop.authorized(ada, '4000000000003220')
  const { nextAction } = await shop.payment(orderId, ada)
  expect(nextAction).toMatchObject({ type: 'redirect', redirectUrl: expect.stringMatching(/\/action\/act_/) })
  expect((await (await fetch(nextAction.redirectUrl)).text()).match(/Approve|Deny/g)).toEqual([
    'Approve',
    'Deny',
  ])
  await fetch(nextAction.redirectUrl, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }) })
  await shop.sql(`UPDATE gateway_call SET due_at = now() - interval '1 second' WHERE done_at IS NULL`)
  // The timer starts the calls, and does not wait for them.
  await shop.runTimer('call-gateway')
  await expect
    .poll(() => types(orderId), { timeout: 30_000 })
    .toEqual(['payment.action_required', 'payment.authorized'])
})

test.each([
  ['4242424242424242', { done: true }],
  ['4000000000003220', { done: false, isDue: false }],
])(
  'a lookup of the card %s that is asked for while one is under way is made once more',
  async (card, end) => {
    const { orderId } = await shop.authorized(customer(newId('usr')), card)
    const { id } = await shop.row(orderId)
    const { prisma, work } = shop.resources
    const lookups = () =>
      shop.sql(
        `SELECT done_at IS NOT NULL AS done, due_at <= now() AS "isDue" FROM gateway_call WHERE payment_id = $1 AND kind = 'FETCH'`,
        id,
      )
    await scheduleLookup(prisma, id, new Date(), new Date())
    const [underWay] = await claimCalls(prisma, { gateway: 'sandbox', now: new Date(), most: 1 })
    await scheduleLookup(prisma, id, new Date(), new Date())
    if (underWay) work.begin(underWay)
    await work.settled(orderId, 60_000)
    expect(await lookups()).toEqual([{ done: false, isDue: true }])
    await work.idle()
    expect(await lookups()).toMatchObject([end])
  },
)

test('an authentication that nobody completes is declined after ten minutes, and voided at the gateway', async () => {
  const { orderId } = await shop.authorized(customer(newId('usr')), '4000000000003220')
  await shop.sql(
    `UPDATE payment SET action_expires_at = now() - interval '1 second' WHERE order_id = $1`,
    orderId,
  )
  await shop.resources.payments.endRunOut()
  await shop.resources.work.idle()
  expect((await shop.publishedAbout(orderId)).at(-1)).toMatchObject({
    type: 'payment.declined',
    data: { code: 'action_timeout' },
  })
  expect(await shop.sandbox.sql('SELECT status FROM payment WHERE reference = $1', orderId)).toEqual([
    { status: 'VOIDED' },
  ])
})

describe('sweeps', () => {
  const OVERDUE = 21

  /** Payments whose second step was not completed in time. */
  async function overdue(count: number): Promise<string[]> {
    const { orderId } = await shop.authorized(customer(newId('usr')), '4000000000003220')
    const orderIds = [orderId, ...Array.from({ length: count - 1 }, () => newId('ord'))]
    for (const other of orderIds.slice(1))
      await shop.sql(
        `INSERT INTO payment SELECT (jsonb_populate_record(p, jsonb_build_object('id', $1::text, 'order_id', $2::text, 'gateway_ref', NULL))).*
           FROM payment p WHERE p.order_id = $3`,
        newId('pay'),
        other,
        orderId,
      )
    await shop.sql(
      `UPDATE payment SET action_expires_at = now() - interval '1 second' WHERE order_id = ANY($1)`,
      orderIds,
    )
    return orderIds
  }
  const waiting = async (orderIds: readonly string[]) =>
    (
      await shop.sql<{ orderId: string }>(
        `SELECT order_id AS "orderId" FROM payment WHERE order_id = ANY($1) AND pending IS NULL AND status = 'REQUIRES_ACTION'`,
        orderIds,
      )
    ).map(({ orderId }) => orderId)

  test('more than one batch is ended, but for what another replica has locked, which waits for its turn', async () => {
    const [held = '', ...others] = await overdue(OVERDUE + 1)
    await shop.whileLocked('SELECT 1 FROM payment WHERE order_id = $1 FOR UPDATE', [held], () =>
      shop.resources.payments.endRunOut(),
    )
    expect(await waiting([held, ...others])).toEqual([held])
    await shop.resources.payments.endRunOut()
    expect(await waiting([held, ...others])).toEqual([])
    // The gateway does not know the copies. Their calls would be repeated during the tests that follow.
    await shop.resources.work.idle()
    await shop.sql('UPDATE gateway_call SET done_at = now() WHERE done_at IS NULL')
  })

  test('a call that another replica has locked holds up no other, and is made afterwards', async () => {
    const ada = customer(newId('usr'))
    const { orderId: held } = await shop.authorized(ada, '4000000000000044')
    // The second order would repeat the call of the first if that was due already.
    await shop.sql(`UPDATE gateway_call SET due_at = now() + interval '1 hour' WHERE done_at IS NULL`)
    const { orderId: free } = await shop.authorized(ada, '4000000000000044')
    await shop.sql(`UPDATE gateway_call SET due_at = now() - interval '1 second' WHERE done_at IS NULL`)
    const lock = `SELECT 1 FROM gateway_call c JOIN payment p ON p.id = c.payment_id
      WHERE p.order_id = $1 AND c.done_at IS NULL FOR UPDATE OF c`
    await shop.whileLocked(lock, [held], () => shop.resources.work.idle())
    expect([await types(held), await types(free)]).toEqual([[], ['payment.authorized']])
    await shop.resources.work.idle()
    expect(await types(held)).toEqual(['payment.authorized'])
  })
})

test.each(['4000000000000036', '4000000000000044'])(
  'the card %s is charged once, whatever its first call came to',
  async (card) => {
    const ada = customer(newId('usr'))
    const { orderId } = await shop.authorized(ada, card)
    expect(await shop.payment(orderId, ada)).toMatchObject({ status: 'UNKNOWN' })
    await shop.sql(`UPDATE gateway_call SET due_at = now() - interval '1 second' WHERE done_at IS NULL`)
    await shop.resources.work.idle()
    expect(await types(orderId)).toEqual(['payment.authorized'])
    const entries = (await shop.sandbox.ledger()).filter(({ reference }) => reference === orderId)
    expect(entries.map(({ kind }) => kind)).toEqual(['AUTHORIZE'])
  },
)

test('a void while the outcome is unknown: whatever the call came to is undone', async () => {
  const ada = customer(newId('usr'))
  const { orderId } = await shop.authorized(ada, '4000000000000044')
  // The first pause is half a second. The call is not repeated before the void, however late that comes.
  await shop.sql(`UPDATE gateway_call SET due_at = now() + interval '1 hour' WHERE done_at IS NULL`)
  await shop.command('void', { orderId })
  expect(await shop.payment(orderId, ada)).toMatchObject({ status: 'VOID_PENDING' })
  await shop.sql(`UPDATE gateway_call SET due_at = now() - interval '1 second' WHERE done_at IS NULL`)
  await shop.resources.work.idle()
  expect(await types(orderId)).toEqual(['payment.voided'])
  expect(await shop.sandbox.sql('SELECT status FROM payment WHERE reference = $1', orderId)).toEqual([
    { status: 'VOIDED' },
  ])
})

test('a refused capture is final, and orders learns at once that the authorization is voided', async () => {
  const { orderId } = await shop.authorized(customer(newId('usr')), '4000000000000341')
  await shop.command('capture', { orderId })
  await shop.command('capture', { orderId })
  expect(await types(orderId)).toEqual([
    'payment.authorized',
    'payment.capture_failed',
    'payment.voided',
    'payment.capture_failed',
  ])
  expect(await shop.sandbox.sql('SELECT status FROM payment WHERE reference = $1', orderId)).toEqual([
    { status: 'VOIDED' },
  ])
})

test('concurrent refunds by staff never exceed the captured amount, and are in the audit log', async () => {
  const ada = customer(newId('usr'))
  const { orderId } = await shop.authorized(ada)
  await shop.command('capture', { orderId })
  const { id: paymentId } = await shop.row(orderId)
  const clerk = staff('payments:refund', 'payments:read', 'audit:read')
  const refund = (index: number) => {
    const input = { idempotencyKey: `r${index}`, paymentId, amount: '10.00', reason: 'Late.' }
    return shop.mutate('refundPayment', input, clerk)
  }
  const answers = await shop.manyAtOnce(6, refund)
  await shop.resources.work.idle()
  const errors = answers.flatMap(({ data }) => data.refundPayment.userErrors)
  expect(errors).toHaveLength(2)
  expect(errors[0]).toMatchObject({
    __typename: 'RefundExceedsCapturedError',
    refundable: { amount: '2.00', currencyCode: 'USD' },
  })
  expect(await shop.payment(orderId, ada)).toMatchObject({
    status: 'PARTIALLY_REFUNDED',
    refunded: { amount: '40.00' },
  })
  const query = `{ paymentsAudit(subjectId: "${paymentId}") { edges { node { actorId action before after } } } }`
  const { data } = await shop.execute(query, {}, clerk)
  expect(data.paymentsAudit.edges).toHaveLength(4)
  expect(JSON.parse(data.paymentsAudit.edges[0].node.after)).toMatchObject({ reason: 'Late.' })
  const refunded = answers.findIndex(({ data }) => data.refundPayment.userErrors.length === 0)
  expect((await refund(refunded)).data.refundPayment.userErrors).toEqual([])
  expect((await shop.publishedAbout(orderId)).filter(({ type }) => type === 'payment.refunded')).toHaveLength(
    4,
  )
})

test('a refund that fails after it was made is FAILED with its reason, the sums go back, and staff refund again', async () => {
  const ada = customer(newId('usr'))
  const { orderId } = await shop.authorized(ada)
  await shop.command('capture', { orderId })
  const amount = { amountMinor: '1200', currencyCode: 'USD' }
  await shop.command('refund', { orderId, refundId: 'ret_1', amount, reason: 'returned' })
  await shop.command('refund', { orderId, refundId: 'ret_2', amount, reason: 'returned' })
  const { id: paymentId } = await shop.row(orderId)
  await shop.failRefunds(orderId)
  await shop.failRefunds(orderId)
  const query = `{ payment(id: "${paymentId}") { status refunded { amount } refunds { status failure { code message } } } }`
  const { data } = await shop.execute(query, {}, ada)
  const failure = { code: 'account_closed', message: 'The account of the card is closed.' }
  expect(data.payment).toEqual({
    status: 'CAPTURED',
    refunded: { amount: '0.00' },
    refunds: [
      { status: 'FAILED', failure },
      { status: 'FAILED', failure },
    ],
  })
  expect((await shop.publishedAbout(orderId)).map(({ type }) => type).slice(-2)).toEqual([
    'refund.reversed',
    'refund.reversed',
  ])
  const input = { idempotencyKey: 'again', paymentId, amount: '42.00', reason: 'By another way.' }
  const again = await shop.mutate('refundPayment', input, staff('payments:refund', 'payments:read'))
  expect(again.data.refundPayment.userErrors).toEqual([])
  await shop.resources.work.idle()
  expect((await shop.publishedAbout(orderId)).at(-1)).toMatchObject({
    type: 'payment.refunded',
    data: { refundedTotal: { amountMinor: '4200' }, reversedTotal: { amountMinor: '2400' } },
  })
  const kinds = (await shop.sandbox.ledger()).filter(({ reference }) => reference === orderId)
  expect(kinds.map(({ kind }) => kind).slice(2)).toEqual([
    ...['REFUND', 'REFUND', 'REFUND_FAILED', 'REFUND_FAILED', 'REFUND'],
  ])
})

test('another’s payment is answered as none; a method of another customer, and one that was removed, pays for nothing', async () => {
  const [ada, bob] = [customer(newId('usr')), customer(newId('usr'))]
  const { orderId, data } = await shop.authorized(ada)
  expect(await shop.payment(orderId, bob)).toBeNull()
  const theirs = newId('ord')
  await shop.command('authorize', {
    ...data,
    orderId: theirs,
    customerId: bob.kind === 'user' ? bob.id : null,
  })
  const declined = { type: 'payment.declined', data: { code: 'payment_method_unknown' } }
  expect((await shop.publishedAbout(theirs))[0]).toMatchObject(declined)
  const removal = { idempotencyKey: 'gone', paymentMethodId: data.paymentMethodId }
  await shop.accepted('removePaymentMethod', removal, ada)
  const later = newId('ord')
  await shop.command('authorize', { ...data, orderId: later })
  expect((await shop.publishedAbout(later))[0]).toMatchObject(declined)
})

test('an authorization that is not captured in time is voided, and its event is published once', async () => {
  const { orderId } = await shop.authorized(customer(newId('usr')))
  await shop.resources.payments.endRunOut()
  expect(await types(orderId)).toEqual(['payment.authorized'])
  await shop.sql(
    `UPDATE payment SET authorized_until = now() - interval '1 second' WHERE order_id = $1`,
    orderId,
  )
  await shop.manyAtOnce(3, () => shop.resources.payments.endRunOut())
  await shop.resources.work.idle()
  expect(await types(orderId)).toEqual(['payment.authorized', 'payment.voided'])
})

test('a dispute that the gateway reports is stored, follows its state, and is visible to staff', async () => {
  const ada = customer(newId('usr'))
  const { orderId } = await shop.authorized(ada, '4000000000000259')
  await shop.command('capture', { orderId })
  const { id } = await shop.row(orderId)
  const query = `{ payment(id: "${id}") { disputes { reason status amount { amount } } } }`
  for (const status of ['OPEN', 'LOST']) {
    await shop.sandbox.sql('UPDATE dispute SET status = $1', status)
    await shop.resources.payments.lookUpSoon({ ref: null, orderId })
    await shop.resources.work.idle()
    const { data } = await shop.execute(query, {}, staff('payments:read'))
    const dispute = { reason: 'fraudulent', status, amount: { amount: '42.00' } }
    expect(data.payment.disputes).toEqual([dispute])
  }
})
