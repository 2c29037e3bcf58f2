import { readFileSync } from 'node:fs'
import { openPrisma } from '@argyle/kit/database'
import { envelopeSchema } from '@argyle/kit/envelope'
import { expectEarlierRowsKept, withOthers } from '@argyle/kit/testing/others-kept'
import Fastify from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { BATCH } from './carrier/carrier-calls.ts'
import { SIGNATURE_HEADER, WEBHOOK_PATH } from './carrier/webhook-route.ts'
import { TOLERANCE_SECONDS, webhookSignature } from './carrier/webhook-signature.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { shipping } from './subgraph.ts'
import { openShippingWithCarrier, type ShippingWithCarrier } from './testing/open-shipping-with-carrier.ts'

let post: ShippingWithCarrier
beforeAll(async () => {
  post = await openShippingWithCarrier()
})
afterAll(() => post.close())
expectEarlierRowsKept(() => post, ['shipment ('])
beforeEach(() => post.world.break({}))

const typesOf = async (orderId: string) => (await post.publishedAbout(orderId)).map(({ type }) => type)

function sampleOf(type: string) {
  const file = new URL(`event-samples/${type}.json`, import.meta.url)
  return envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}
const keysOf = (data: unknown) => Object.keys(Object(data)).sort()

describe('a parcel', () => {
  test('leaves other parcels as they are', async () => {
    await post.anOrder()
    await post.courier.go()
    const { expectKept } = await withOthers(post, async () => {})
    const { orderId } = await post.anOrder()
    await post.courier.go()
    const [made] = await post.shipmentsOf(orderId)
    await post.move(made?.labelId ?? null, 5)
    await expectKept()
  })

  test('gets a label, is dispatched and delivered, with the events of the samples', async () => {
    const { orderId, parcels } = await post.anOrder()
    await post.courier.go()
    const [made] = await post.shipmentsOf(orderId)
    expect(made).toMatchObject({ status: 'LABEL_CREATED', label: 'MADE', trackingNumber: expect.any(String) })
    await post.move(made?.labelId ?? null, 2)
    await post.move(made?.labelId ?? null, 5)
    const published = await post.publishedAbout(orderId)
    expect(published.map(({ type }) => type)).toEqual([
      'shipping.shipment.dispatched',
      'shipping.shipment.delivered',
    ])
    const [line] = parcels[0]?.lines ?? []
    for (const { type, data } of published) {
      expect(keysOf(data)).toEqual(keysOf(sampleOf(type).data))
      expect(data).toMatchObject({
        shipmentId: made?.id,
        parcelCount: 1,
        trackingNumber: made?.trackingNumber,
        lines: [{ orderLineId: line?.orderLineId, variantId: line?.variantId, quantity: 3 }],
      })
    }
    const [done] = await post.shipmentsOf(orderId)
    expect(done).toMatchObject({ status: 'DELIVERED', callAt: null })
    const events = await post.sql(
      'SELECT status FROM tracking_event WHERE shipment_id = $1 ORDER BY at',
      done?.id,
    )
    expect(events).toHaveLength(6)
  })

  test.each([
    ['Test Lost', 'FAILED', 'LOST'],
    ['Test Returned', 'RETURNED', 'RETURNED_TO_SENDER'],
  ])('for %s ends as %s', async (recipient, status, reason) => {
    const { orderId } = await post.anOrder(1, recipient)
    await post.courier.go()
    const [made] = await post.shipmentsOf(orderId)
    await post.move(made?.labelId ?? null, 9)
    expect(await post.shipmentsOf(orderId)).toMatchObject([{ status, failure: reason }])
    const published = await post.publishedAbout(orderId)
    expect(published.map(({ type }) => type)).toEqual([
      'shipping.shipment.dispatched',
      'shipping.shipment.failed',
    ])
    expect(published[1]?.data).toMatchObject({ reason })
    expect(keysOf(published[1]?.data)).toEqual(keysOf(sampleOf('shipping.shipment.failed').data))
  })

  test('that the carrier will not take fails at once, without a tracking number', async () => {
    const { orderId } = await post.anOrder(1, 'Test Refused')
    await post.courier.go()
    expect(await post.publishedAbout(orderId)).toMatchObject([
      { type: 'shipping.shipment.failed', data: { reason: 'REFUSED_BY_CARRIER', trackingNumber: null } },
    ])
  })

  test.each(['Test Dropped', 'Test Failing'])(
    'for %s gets one label, though calls fail',
    async (recipient) => {
      const { orderId } = await post.anOrder(1, recipient)
      const began = post.resources.clock().getTime()
      await post.courier.go()
      const ended = post.resources.clock().getTime()
      const [waiting] = await post.shipmentsOf(orderId)
      expect(waiting).toMatchObject({ status: 'PENDING', label: 'ASKED', failures: 1 })
      expect(waiting?.lastError).toMatch(/^POST \/v1\/labels: /)
      const callAt = waiting?.callAt?.getTime()
      expect(callAt).toBeGreaterThanOrEqual(began + 1_000)
      expect(callAt).toBeLessThanOrEqual(ended + 1_000)
      for (const _ of [1, 2]) {
        post.pass(10)
        await post.courier.go()
      }
      const [made] = await post.shipmentsOf(orderId)
      expect(made).toMatchObject({ status: 'LABEL_CREATED', failures: 0, lastError: null })
      const labels = await post.world.sql('SELECT id FROM label WHERE reference = $1', made?.id)
      expect(labels).toEqual([{ id: made?.labelId }])
    },
  )

  test('without a webhook is looked up half an hour later', async () => {
    const { orderId } = await post.anOrder(1, 'Test Silent')
    await post.courier.go()
    const [made] = await post.shipmentsOf(orderId)
    await post.world.moveTo(made?.labelId ?? '', 9)
    post.pass(1_700)
    await post.courier.go()
    expect(await typesOf(orderId)).toEqual([])
    post.pass(101)
    await post.courier.go()
    post.pass(-1_801)
    expect(await typesOf(orderId)).toEqual(['shipping.shipment.dispatched', 'shipping.shipment.delivered'])
  })

  test('that another replica has in hand is left to it, and holds up no other, more than a round takes', async () => {
    const orders = [await post.anOrder(1), await post.anOrder(BATCH + 1)]
    const [held, free] = orders.map(({ orderId }) => orderId)
    await post.whileLocked('SELECT 1 FROM shipment WHERE order_id = $1 FOR UPDATE', [held], () =>
      post.courier.go(),
    )
    const statuses = async (orderId = '') => (await post.shipmentsOf(orderId)).map(({ status }) => status)
    expect(await statuses(held)).toEqual(['PENDING'])
    expect(await statuses(free)).toEqual(Array(BATCH + 1).fill('LABEL_CREATED'))
    await post.courier.go()
    expect(await statuses(held)).toEqual(['LABEL_CREATED'])
  })

  test('is asked about by one of many replicas at once', async () => {
    const orders = await Promise.all([1, 2, 3, 4, 5].map(() => post.anOrder(2)))
    await post.manyAtOnce(4, () => post.courier.go())
    for (const { orderId } of orders) {
      const made = await post.shipmentsOf(orderId)
      expect(made.map(({ status }) => status)).toEqual(['LABEL_CREATED', 'LABEL_CREATED'])
    }
    const ids = orders.map(({ orderId }) => orderId)
    const shipments = await post.sql<{ id: string }>('SELECT id FROM shipment WHERE order_id = ANY($1)', ids)
    const labels = await post.world.sql(
      'SELECT reference FROM label WHERE reference = ANY($1)',
      shipments.map(({ id }) => id),
    )
    expect(labels).toHaveLength(10)
  })
})

describe('a cancellation', () => {
  test('takes the labels back at the carrier, and only then says so', async () => {
    const { orderId } = await post.anOrder(2)
    await post.courier.go()
    await post.deliver('shipping.cancel', { orderId })
    expect(await typesOf(orderId)).toEqual([])
    await post.courier.go()
    const [published] = await post.publishedAbout(orderId)
    expect(published?.type).toBe('shipping.order.cancelled')
    expect(keysOf(published?.data)).toEqual(keysOf(sampleOf('shipping.order.cancelled').data))
    const shipments = await post.shipmentsOf(orderId)
    expect(shipments.map(({ status }) => status)).toEqual(['CANCELLED', 'CANCELLED'])
    for (const { id } of shipments)
      expect(
        await post.world.sql('SELECT voided_at IS NULL AS open FROM label WHERE reference = $1', id),
      ).toEqual([{ open: false }])
  })

  test('is refused for a parcel that is gone; the other goes on, with a label of its own', async () => {
    const { orderId, parcels } = await post.anOrder(2)
    await post.courier.go()
    const [first, second] = await post.shipmentsOf(orderId)
    await post.world.moveTo(second?.labelId ?? '', 1)
    await post.deliver('shipping.cancel', { orderId })
    await post.courier.go()
    const published = await post.publishedAbout(orderId)
    expect(published.map(({ type }) => type)).toEqual([
      'shipping.shipment.dispatched',
      'shipping.order.cancel_refused',
    ])
    const { weightGrams: _, ...line } = parcels[1]?.lines[0] ?? {}
    const { trackingNumber } = second ?? {}
    const about = { orderId, shipmentId: second?.id, parcelCount: 2, trackingNumber, lines: [line] }
    expect(published[0]?.data).toEqual({ ...about, at: expect.any(String) })
    expect(published[1]?.data).toEqual({ orderId, shipmentId: second?.id, status: 'IN_TRANSIT' })
    await post.courier.go()
    const [again] = await post.shipmentsOf(orderId)
    expect(again).toMatchObject({ status: 'LABEL_CREATED', label: 'MADE' })
    const open = await post.world.sql(
      'SELECT id FROM label WHERE reference = $1 AND voided_at IS NULL',
      first?.id,
    )
    expect(open).toEqual([{ id: again?.labelId }])
    await post.deliver('shipping.cancel', { orderId })
    expect((await post.publishedAbout(orderId)).at(-1)?.type).toBe('shipping.order.cancel_refused')
  })

  test('while a label’s making is in doubt finds out first, and leaves none behind', async () => {
    const { orderId } = await post.anOrder(1, 'Test Dropped')
    await post.courier.go()
    await post.deliver('shipping.cancel', { orderId })
    expect(await typesOf(orderId)).toEqual([])
    for (const _ of [1, 2]) {
      post.pass(10)
      await post.courier.go()
    }
    expect(await typesOf(orderId)).toEqual(['shipping.order.cancelled'])
    const [{ id } = { id: '' }] = await post.shipmentsOf(orderId)
    expect(
      await post.world.sql('SELECT voided_at IS NULL AS open FROM label WHERE reference = $1', id),
    ).toEqual([{ open: false }])
  })
})

describe('webhooks', () => {
  const app = Fastify()
  beforeAll(async () => {
    shipping.routes?.(app, post.resources)
    await app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(() => app.close())

  const now = () => post.resources.clock()
  const call = (body: Buffer, signature: string) =>
    app.inject({ method: 'POST', url: WEBHOOK_PATH, headers: { [SIGNATURE_HEADER]: signature }, body })

  test('a signed one makes the parcel due; it is looked up, whatever the webhook says', async () => {
    const { orderId } = await post.anOrder()
    await post.courier.go()
    const [made] = await post.shipmentsOf(orderId)
    const body = Buffer.from(JSON.stringify({ labelId: made?.labelId, status: 'DELIVERED' }))
    const { statusCode } = await call(body, webhookSignature(post.resources.webhookSecret, body, now()))
    expect(statusCode).toBe(202)
    const [due] = await post.shipmentsOf(orderId)
    expect(due?.callAt?.getTime()).toBeLessThanOrEqual(now().getTime())
    await post.courier.go()
    expect(await post.shipmentsOf(orderId)).toMatchObject([{ status: 'LABEL_CREATED' }])
  })

  test('one about a parcel that has arrived makes it due no more', async () => {
    const { orderId } = await post.anOrder()
    await post.courier.go()
    const [made] = await post.shipmentsOf(orderId)
    await post.move(made?.labelId ?? null, 9)
    const arrived = await post.shipmentsOf(orderId)
    expect(arrived).toMatchObject([{ status: 'DELIVERED', callAt: null }])
    const body = Buffer.from(JSON.stringify({ labelId: made?.labelId }))
    const { statusCode } = await call(body, webhookSignature(post.resources.webhookSecret, body, now()))
    expect(statusCode).toBe(202)
    expect(await post.shipmentsOf(orderId)).toEqual(arrived)
  })

  test('the carrier’s own are taken, and make the shop look at once', async () => {
    const { orderId } = await post.anOrder(1, 'Test Twice')
    await post.courier.go()
    const [made] = await post.shipmentsOf(orderId)
    const { port } = app.server.address() as { port: number }
    post.world.setWebhookUrl(`http://127.0.0.1:${port}${WEBHOOK_PATH}`)
    await post.world.moveTo(made?.labelId ?? '', 5)
    await expect
      .poll(
        async () => {
          await post.courier.go()
          return typesOf(orderId)
        },
        { timeout: 30_000 },
      )
      .toEqual(['shipping.shipment.dispatched', 'shipping.shipment.delivered'])
    post.world.setWebhookUrl(null)
  })

  const body = Buffer.from('{"labelId":"lbl_1"}')
  const secret = () => post.resources.webhookSecret
  const seconds = (delta: number) => new Date(now().getTime() + delta * 1_000)
  test.each<readonly [string, number, () => string]>([
    ['signed now', 202, () => webhookSignature(secret(), body, now())],
    // The clock goes on between the signature and its reading.
    [
      'signed within the tolerance',
      202,
      () => webhookSignature(secret(), body, seconds(60 - TOLERANCE_SECONDS)),
    ],
    ['signed too long ago', 401, () => webhookSignature(secret(), body, seconds(-1 - TOLERANCE_SECONDS))],
    ['signed too far ahead', 401, () => webhookSignature(secret(), body, seconds(60 + TOLERANCE_SECONDS))],
    ['by another secret', 401, () => webhookSignature(new Uint8Array(32), body, now())],
    ['of another body', 401, () => webhookSignature(secret(), Buffer.from('{}'), now())],
    ['without a signature', 401, () => ''],
    ['with a signature that is none', 401, () => 't=1,v1=00'],
  ])('one %s is answered %i', async (_, status, signature) => {
    const answer = await call(body, signature())
    const refused = { message: 'the header carrier-signature is missing, too old or invalid' }
    expect([answer.statusCode, answer.json()]).toEqual([status, status === 202 ? {} : refused])
  })

  test.each(['', 'nonsense', '[]', '{"labelId":7}', '{"labelId":""}', `{"labelId":"${'x'.repeat(201)}"}`])(
    'a signed body %j that names no label is refused',
    async (text) => {
      const bad = Buffer.from(text)
      const answer = await call(bad, webhookSignature(secret(), bad, now()))
      expect([answer.statusCode, answer.json()]).toEqual([400, { message: 'the body has no labelId' }])
    },
  )

  test('one that arrives while the database is away is answered 500, so that the carrier repeats it', async () => {
    const prisma = openPrisma(PrismaClient, { url: 'postgresql://127.0.0.1:1/away' })
    const alone = Fastify()
    shipping.routes?.(alone, { ...post.resources, prisma })
    const headers = { [SIGNATURE_HEADER]: webhookSignature(secret(), body, now()) }
    const { statusCode } = await alone.inject({ method: 'POST', url: WEBHOOK_PATH, headers, body })
    expect(statusCode).toBe(500)
    await alone.close()
    await prisma.$disconnect()
  })

  test('a body of up to 16 KB is read, with the id of a label of up to 200 characters', async () => {
    const largest = Buffer.from(`{"labelId":"${'x'.repeat(200)}"}`.padEnd(16 * 1_024))
    expect((await call(largest, webhookSignature(secret(), largest, now()))).statusCode).toBe(202)
    const large = Buffer.alloc(16 * 1_024 + 1, ' ')
    expect((await call(large, webhookSignature(secret(), large, now()))).statusCode).toBe(413)
  })
})
