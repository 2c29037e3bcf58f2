import { readdirSync, readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenPayments, openPayments } from './testing/open-payments.ts'

let shop: OpenPayments
beforeAll(async () => {
  shop = await openPayments()
})
afterAll(() => shop.close())

/** A sample message of a publisher: siblings share data, never code. */
function sampleOf(publisher: string, type: string) {
  const file = new URL(`../${publisher}/event-samples/${type}.json`, import.meta.url)
  return envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** The names of an object's fields, those of objects in it included. */
function fieldsOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return 'value'
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([name, inner]) => [name, fieldsOf(inner)]),
  )
}

const ada = customer(newId('usr'))
const usd = (amountMinor: string) => ({ amountMinor, currencyCode: 'USD' })
const refund = (orderId: string, amountMinor: string, refundId = newId('ret')) => ({
  orderId,
  refundId,
  amount: usd(amountMinor),
  reason: 'returned',
})

/** The cause of each message. Returns the id of its order. */
const CAUSES: Readonly<Record<string, () => Promise<string>>> = {
  'payment.authorized': async () => (await shop.authorized(ada)).orderId,
  'payment.declined': async () => (await shop.authorized(ada, '4000000000009995')).orderId,
  'payment.action_required': async () => (await shop.authorized(ada, '4000000000003220')).orderId,
  async 'payment.voided'() {
    const { orderId } = await shop.authorized(ada)
    await shop.command('void', { orderId })
    return orderId
  },
  async 'payment.captured'() {
    const { orderId } = await shop.authorized(ada)
    await shop.command('capture', { orderId })
    return orderId
  },
  async 'payment.capture_failed'() {
    const { orderId } = await shop.authorized(ada, '4000000000000341')
    await shop.command('capture', { orderId })
    return orderId
  },
  async 'payment.refunded'() {
    const { orderId } = await shop.authorized(ada)
    await shop.command('capture', { orderId })
    await shop.command('refund', refund(orderId, '1200'))
    return orderId
  },
  async 'refund.failed'() {
    const { orderId } = await shop.authorized(ada)
    await shop.command('capture', { orderId })
    await shop.command('refund', refund(orderId, '4201'))
    return orderId
  },
  async 'refund.reversed'() {
    const { orderId } = await shop.authorized(ada)
    await shop.command('capture', { orderId })
    await shop.command('refund', refund(orderId, '1200'))
    await shop.failRefunds(orderId)
    return orderId
  },
}

describe('what is published', () => {
  test.each(Object.entries(CAUSES))('%s has the form of its sample', async (type, cause) => {
    const orderId = await cause()
    const published = (await shop.publishedAbout(orderId)).findLast((message) => message.type === type)
    const sample = sampleOf('payments', `payments.${type}`)
    expect(published?.type).toBe(type)
    expect(fieldsOf(published?.data)).toEqual(fieldsOf(sample.data))
    expect(published?.data.orderId).toBe(orderId)
    if (published && 'paymentId' in published.data)
      expect(published.data.paymentId).toBe((await shop.row(orderId)).id)
    expect(sample.subject).toBe((sample.data as { orderId: string }).orderId)
  })

  test('every sample has its cause', () => {
    const samples = readdirSync(new URL('event-samples', import.meta.url))
    expect(
      Object.keys(CAUSES)
        .map((type) => `payments.${type}.json`)
        .sort(),
    ).toEqual(samples.sort())
  })

  test('later news has the higher sequence', async () => {
    const orderId = await CAUSES['payment.refunded']?.()
    const sequences = (await shop.publishedAbout(orderId ?? '')).map(({ sequence }) => sequence)
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b))
  })
})

describe('what orders commands', () => {
  const COMMANDS = ['payments.authorize', 'payments.capture', 'payments.void', 'payments.refund']

  test.each(COMMANDS)('the sample of %s is understood', async (type) => {
    const { data, subject, sequence } = sampleOf('orders', type)
    await shop.deliver(type, data, { subject, sequence })
    await shop.resources.work.idle()
  })

  test.each(COMMANDS)(
    '%s of an id that is none is refused, so that it becomes a dead letter',
    async (type) => {
      const { data } = sampleOf('orders', type)
      await expect(shop.deliver(type, { ...(data as object), orderId: 'A-1' })).rejects.toThrow()
    },
  )

  test('one that comes twice has one effect, and is answered twice alike', async () => {
    const { orderId, data } = await shop.authorized(ada)
    await shop.command('authorize', data)
    const back = refund(orderId, '1000')
    for (const [type, asked] of [
      ['capture', { orderId }],
      ['refund', back],
    ] as const) {
      await shop.command(type, asked)
      const row = await shop.row(orderId)
      await shop.command(type, asked)
      expect(await shop.row(orderId)).toEqual(row)
    }
    const published = await shop.publishedAbout(orderId)
    expect(published.map(({ type }) => type)).toEqual([
      'payment.authorized',
      'payment.authorized',
      'payment.captured',
      'payment.captured',
      'payment.refunded',
      'payment.refunded',
    ])
    for (const at of [0, 2, 4]) expect(published[at + 1]?.data).toEqual(published[at]?.data)
    const entries = (await shop.sandbox.ledger()).filter(({ reference }) => reference === orderId)
    expect(entries.map(({ kind }) => kind)).toEqual(['AUTHORIZE', 'CAPTURE', 'REFUND'])
  })

  test('a capture or a refund of an order without a payment fails, and leaves none', async () => {
    const orderId = newId('ord')
    const back = refund(orderId, '100')
    await shop.command('capture', { orderId })
    await shop.command('refund', back)
    const [noPayment, notCaptured] = ['The order has no payment.', 'Nothing was captured.']
    const about = { orderId, code: 'no_payment', message: noPayment }
    const { refundId } = back
    expect(await shop.publishedAbout(orderId)).toEqual([
      { type: 'payment.capture_failed', sequence: 0, data: { paymentId: null, ...about } },
      {
        ...{ type: 'refund.failed', sequence: 0 },
        data: { orderId, refundId, code: 'not_captured', message: notCaptured },
      },
    ])
    const { prisma } = shop.resources
    expect(await prisma.payment.findUnique({ where: { orderId } })).toBeNull()
  })

  test('a refund in another currency than that of the payment fails', async () => {
    const { orderId } = await shop.authorized(ada)
    await shop.command('capture', { orderId })
    const amount = { amountMinor: '1200', currencyCode: 'EUR' }
    await shop.command('refund', { ...refund(orderId, '1200'), amount })
    expect((await shop.publishedAbout(orderId)).at(-1)).toMatchObject({
      type: 'refund.failed',
      data: { code: 'currency_mismatch' },
    })
    expect((await shop.row(orderId)).refundingMinor).toBe(0n)
  })

  test('an amount has up to 16 digits', async () => {
    const { orderId, data } = await shop.authorized(ada, undefined, '9'.repeat(16))
    expect((await shop.row(orderId)).authorizedMinor).toBe(9_999_999_999_999_999n)
    const larger = { ...data, orderId: newId('ord'), amount: usd('1'.repeat(17)) }
    await expect(shop.command('authorize', larger)).rejects.toThrow()
  })

  test('a void and an authorize that come at once wait for each other: the order is voided', async () => {
    const orders = Array.from({ length: 4 }, () => newId('ord'))
    const paymentMethodId = await shop.aMethod(ada)
    const customerId = ada.kind === 'user' ? ada.id : null
    const amount = usd('4200')
    await shop.atOnce(
      orders.flatMap((orderId) => [
        () => shop.deliver('payments.void', { orderId }),
        () => shop.deliver('payments.authorize', { orderId, customerId, paymentMethodId, amount }),
      ]),
    )
    await shop.resources.work.idle()
    for (const orderId of orders) expect((await shop.row(orderId)).status).toBe('VOIDED')
  })

  test('a refund of another currency, or of more than is left, gives nothing back and says why', async () => {
    const { orderId } = await shop.authorized(ada)
    await shop.command('capture', { orderId })
    const euros = { ...refund(orderId, '100'), amount: { amountMinor: '100', currencyCode: 'EUR' } }
    await shop.command('refund', euros)
    await shop.command('refund', refund(orderId, '4200'))
    const tooMuch = refund(orderId, '1')
    await shop.command('refund', tooMuch)
    const published = (await shop.publishedAbout(orderId)).slice(2)
    expect(published).toMatchObject([
      { type: 'refund.failed', data: { refundId: euros.refundId } },
      { type: 'payment.refunded', data: { refundedTotal: usd('4200') } },
      { type: 'refund.failed', data: { refundId: tooMuch.refundId } },
    ])
    for (const { data } of [published[0], published[2]].flatMap((one) => one ?? []))
      expect(data.message).toMatch(/ /)
  })
})
