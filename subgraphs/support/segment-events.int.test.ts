import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { segmentsOf } from './testing/a-segment.ts'
import { aMarketer, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
let crm: ReturnType<typeof segmentsOf>
beforeAll(async () => {
  shop = await openSupport()
  crm = segmentsOf(shop)
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const through = async () =>
  (await shop.execute('{ segmentsProcessedThrough }', {}, aMarketer())).data.segmentsProcessedThrough

test('how far segments are behind is the time of the oldest message that is not evaluated', async () => {
  expect(await through()).toBeNull()
  const ada = await crm.aCustomer()
  await crm.work()
  const before = shop.passMinutes(0).toISOString()
  await crm.aSale(ada)
  shop.passMinutes(5)
  await crm.aSale(await crm.aCustomer())
  // Later messages about a customer do not make the oldest one younger.
  await crm.aSale(ada)
  const consents = { userId: ada, acceptsCampaigns: true }
  await crm.deliverNow('notifications.consent.changed', consents, { subject: ada, sequence: 2 })
  expect(await through()).toBe(before)
  await crm.work()
  expect(await through()).toBe(shop.passMinutes(0).toISOString())
})

test('of messages that are handled together, the oldest says how far segments are behind', async () => {
  const sale = await dataOf(await crm.aCustomer())
  await crm.work()
  const [before, after] = [0, 5].map((minutes) => shop.passMinutes(minutes).toISOString())
  const cause = { correlationId: 'test', causationId: null, traceparent: null, replayed: true }
  const messages = [after, before].map((time) => {
    const orderId = newId('ord')
    const about = { id: newId('evt'), source: 'orders', type: 'orders.sale.changed', subject: orderId }
    return { ...about, sequence: 4, time, ...cause, data: { ...sale, orderId } }
  })
  await shop.deliver('support.replay', { messages })
  expect(await through()).toBe(before)
  await crm.work()
  expect(await through()).toBe(after)
})

test('the sale that orders publishes is understood, twice', async () => {
  const file = new URL('../orders/event-samples/orders.sale.changed.json', import.meta.url)
  const { data, ...about } = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  for (let count = 0; count < 2; count++)
    await shop.deliver('orders.sale.changed', data, { ...about, id: newId('evt') })
  const [row] = await shop.sql('SELECT * FROM sale WHERE order_id = $1', about.subject)
  expect(row).toMatchObject({
    sequence: 4,
    status: 'SOLD',
    buyer: 'usr_01a1fbd5-f384-7f85-b25f-8b3af312ff9b',
    currency: 'EUR',
    // 25.98 less a discount of 2.60 and a refund of 11.69.
    net_minor: 1_169n,
    country_code: 'DE',
    product_ids: ['prd_01a1fbd5-f385-71ea-8841-b0ef1b1554ab'],
  })
})

test('a sale of a version before has no country, and a refund of shipping does not make it negative', async () => {
  const ada = await crm.aCustomer()
  const orderId = await crm.aSale(ada, { minor: 500, refunded: 900 })
  expect(await shop.sql('SELECT net_minor FROM sale WHERE order_id = $1', orderId)).toEqual([
    { net_minor: 0n },
  ])
  const older = { ...(await dataOf(ada)), orderId: newId('ord'), countryCode: undefined }
  await crm.deliverNow('orders.sale.changed', older, { subject: older.orderId, sequence: 4 })
  await crm.work()
  expect((await crm.shownOf(ada)).purchaseProfile.countryCode).toBeNull()
})

/** The data of a sale as it was before the country was added. */
async function dataOf(customerId: string) {
  const amount = { amountMinor: '100', currencyCode: 'EUR' }
  const placedAt = shop.passMinutes(1).toISOString()
  return { customerId, status: 'SOLD', placedAt, subtotal: amount, discount: amount, lines: [], refunds: [] }
}

test('each refund of a sale is taken from its amount, and each product that was bought is kept once', async () => {
  const ada = await crm.aCustomer()
  const euros = (amountMinor: string) => ({ amountMinor, currencyCode: 'EUR' })
  const at = shop.passMinutes(0).toISOString()
  const [one, other] = [newId('prd'), newId('prd')]
  const sale = {
    ...{ ...(await dataOf(ada)), orderId: newId('ord'), countryCode: 'AT' },
    ...{ subtotal: euros('10000'), discount: euros('1000') },
    lines: [one, other, one].map((productId) => ({ productId })),
    refunds: ['200', '30', '4'].map((minor) => ({ at, amount: euros(minor) })),
  }
  await crm.deliverNow('orders.sale.changed', sale, { subject: sale.orderId, sequence: 4 })
  const [row] = await shop.sql('SELECT net_minor, product_ids FROM sale WHERE order_id = $1', sale.orderId)
  expect(row).toEqual({ net_minor: 8_766n, product_ids: [one, other] })
  await crm.work()
})

describe.each([[['sale', 'claim']], [['claim', 'sale']], [['claim', 'sale', 'sale', 'claim']]])(
  'a guest’s order with the messages %j',
  (order) => {
    test('counts for the account that claimed it', async () => {
      const ada = await crm.aCustomer()
      const orderId = newId('ord')
      for (const [sequence, kind] of order.entries()) {
        if (kind === 'sale') await crm.aSale(null, { orderId, sequence: 4 + sequence })
        else
          await crm.deliverNow(
            'orders.order.claimed',
            { orderId, number: 'A-1', customerId: ada },
            { subject: orderId },
          )
      }
      await crm.work()
      expect((await crm.shownOf(ada)).purchaseProfile.orderCount).toBe(1)
    })
  },
)

test('a deleted account leaves its sales without a buyer, and no late message brings it back', async () => {
  const ada = await crm.aCustomer()
  const productId = newId('prd')
  const product = { productId, status: 'ACTIVE', categoryId: newId('cat') }
  await crm.deliverNow('products.product.changed', product, { subject: productId })
  const orderId = await crm.aSale(ada, { productId })
  const consents = { userId: ada, acceptsCampaigns: true }
  await crm.deliverNow('notifications.consent.changed', consents, { subject: ada, sequence: 2 })
  const id = await crm.aBuiltSegment([{ fact: 'ORDERS', atLeast: '1' }])
  await crm.work()
  expect(await crm.membersOf(id)).toContain(ada)
  const deletedAt = shop.passMinutes(0).toISOString()
  await crm.deliverNow('users.account.deleted', { userId: ada, deletedAt }, { subject: ada, sequence: 9 })
  expect(await crm.membersOf(id)).not.toContain(ada)
  expect(await shop.sql('SELECT buyer, net_minor FROM sale WHERE order_id = $1', orderId)).toEqual([
    { buyer: null, net_minor: 1_000n },
  ])
  const known = await shop.sql('SELECT * FROM customer WHERE user_id = $1', ada)
  expect(known).toMatchObject([
    {
      ...{ orders: 0, first_order_at: null, last_order_at: null, currency: null, country_code: null },
      ...{ spent: {}, categories: [], recency_score: null, frequency_score: null, monetary_score: null },
      ...{ accepts_campaigns: false, due_at: null, is_deleted: true },
    },
  ])
  await crm.aSale(ada, { orderId, sequence: 7 })
  const consent = { userId: ada, acceptsCampaigns: true }
  await crm.deliverNow('notifications.consent.changed', consent, { subject: ada, sequence: 99 })
  await crm.work()
  expect(await shop.sql('SELECT * FROM customer WHERE user_id = $1', ada)).toEqual(known)
  expect(await crm.membersOf(id)).not.toContain(ada)
  expect(await crm.shownOf(ada)).toEqual({ segments: [], purchaseProfile: null })
  const none = await crm.aBuiltSegment([{ fact: 'ORDERS', atMost: '0' }])
  expect(await crm.membersOf(none), 'a new rule is not evaluated for it').not.toContain(ada)
})
