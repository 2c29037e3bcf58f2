import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CarrierState, Command } from './shipment/decide.ts'
import { handleCommand, lockFulfilment } from './shipment/fulfilment-store.ts'
import { aCreate, type OpenShipping, openShipping } from './testing/open-shipping.ts'

let shop: OpenShipping
beforeAll(async () => {
  shop = await openShipping()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** The messages to orders about an order, oldest first. */
async function publishedAbout(orderId: string) {
  const rows = await shop.outbox()
  return rows.filter(({ data }) => (data as { orderId?: string }).orderId === orderId)
}
const typesOf = async (orderId: string) => (await publishedAbout(orderId)).map(({ type }) => type)

const SHIPMENTS = `query ($orders: [_Any!]!) { _entities(representations: $orders) { ... on Order { id
  shipments { id status version carrier service weightGrams trackingNumber failure
    lines { orderLine { id } variant { id } quantity } events { at } } } } }`

async function shipments(orderId: string, viewer = staff('orders:read')) {
  const orders = [{ __typename: 'Order', id: orderId }]
  const { data, errors } = await shop.execute(SHIPMENTS, { orders }, viewer)
  return { shipments: data?._entities[0]?.shipments, errors }
}

test('a create makes one shipment per parcel, and is answered for each, again when it comes again', async () => {
  const create = aCreate({ parcels: 2 })
  await shop.deliver('shipping.create', create)
  await shop.deliver('shipping.create', create)
  const answers = await publishedAbout(create.orderId)
  expect(answers.map(({ type, sequence }) => [type, sequence])).toEqual([
    ['shipping.shipment.created', 1],
    ['shipping.shipment.created', 1],
    ['shipping.shipment.created', 2],
    ['shipping.shipment.created', 2],
  ])
  for (const { data, subject } of answers)
    expect([subject, data]).toEqual([
      create.orderId,
      { orderId: create.orderId, shipmentId: expect.any(String), status: 'PENDING', parcelCount: 2 },
    ])
  const { shipments: shown } = await shipments(create.orderId)
  expect(shown).toEqual(
    create.parcels.map(({ lines: [line] }) =>
      expect.objectContaining({
        status: 'PENDING',
        carrier: 'Parcelway',
        weightGrams: 180,
        trackingNumber: null,
        lines: [{ orderLine: { id: line?.orderLineId }, variant: { id: line?.variantId }, quantity: 3 }],
        events: [],
      }),
    ),
  )
})

test('every field of a create is stored, and a parcel shows what it has', async () => {
  const line = (index: number) => {
    return { orderLineId: newId('oln'), variantId: newId('var'), quantity: index, weightGrams: 10 * index }
  }
  const create = aCreate({ parcels: 2, guestProofHash: 'a hash' })
  const parcels = create.parcels.map((parcel, index) => {
    return { ...parcel, lines: [line(4 * index + 1), line(4 * index + 2)] }
  })
  const at = shop.clock()
  await shop.deliver('shipping.create', { ...create, parcels })
  const { orderId, orderNumber, customerId, carrier, service, email, address } = create
  const { shipments: rows, ...order } = await shop.resources.prisma.fulfilment.findUniqueOrThrow({
    where: { orderId },
    include: {
      shipments: { include: { lines: { orderBy: { orderLineId: 'asc' } } }, orderBy: { position: 'asc' } },
    },
  })
  expect(order).toEqual({
    ...{ orderId, orderNumber, customerId, guestProofHash: 'a hash', carrier, service, email, address },
    ...{ status: 'OPEN', version: 1, createdAt: expect.any(Date) },
  })
  expect(order.createdAt.getTime()).toBeGreaterThanOrEqual(at.getTime())
  const untouched = { labelId: null, trackingNumber: null, trackingUrl: null, failure: null, lastError: null }
  expect(rows).toEqual(
    parcels.map(({ warehouseId, warehouseCode, lines }, index) => ({
      ...{ id: expect.any(String), orderId, position: index + 1, status: 'PENDING', version: 1 },
      ...{
        warehouseId,
        warehouseCode,
        weightGrams: [50, 610][index],
        label: 'WANTED',
        attempt: 1,
        ...untouched,
      },
      ...{ createdAt: order.createdAt, callAt: order.createdAt, dispatchedAt: null, deliveredAt: null },
      ...{ failures: 0, refusals: 0 },
      lines: lines.map((one) => ({ ...one, shipmentId: rows[index]?.id })),
    })),
  )
  const query = `query ($id: ID!) { shipment(id: $id) { carrier service weightGrams warehouse { id } order { id } } }`
  const seen = async (viewer: ReturnType<typeof staff>) =>
    (await shop.execute(query, { id: rows[1]?.id }, viewer)).data.shipment
  const shown = {
    carrier: 'Parcelway',
    service: 'Standard',
    weightGrams: 610,
    warehouse: { id: parcels[1]?.warehouseId },
  }
  expect(await seen(staff('orders:read'))).toEqual({ ...shown, order: { id: orderId } })
  // Orders does not show an order to staff who may only read parcels.
  expect(await seen(staff('shipping:read'))).toEqual({ ...shown, order: null })
})

test('a parcel that is too heavy for the column has the maximum of the column', async () => {
  const create = aCreate()
  const [parcel] = create.parcels
  const lines = parcel?.lines.map((line) => ({ ...line, quantity: 3_000_000, weightGrams: 1_000 }))
  await shop.deliver('shipping.create', { ...create, parcels: [{ ...parcel, lines }] })
  expect((await shipments(create.orderId)).shipments).toMatchObject([{ weightGrams: 2_147_483_647 }])
})

test('a create has up to 50 parcels of up to 100 lines, whose units may weigh nothing', async () => {
  const create = aCreate({ parcels: 50 })
  const line = () => ({ orderLineId: newId('oln'), variantId: newId('var'), quantity: 1, weightGrams: 0 })
  const linesOf = (count: number) => create.parcels.map(() => Array.from({ length: count }, line))
  const parcelsOf = (count: number) =>
    linesOf(count).map((lines, index) => ({ ...create.parcels[index], lines }))
  await expect(
    shop.deliver('shipping.create', { ...create, parcels: parcelsOf(101).slice(0, 1) }),
  ).rejects.toThrow()
  await shop.deliver('shipping.create', { ...create, parcels: parcelsOf(100) })
  const where = { shipment: { orderId: create.orderId }, weightGrams: 0 }
  expect(await shop.resources.prisma.shipmentLine.count({ where })).toBe(5_000)
})

test('a cancel before any label was asked for cancels all, and is answered again when it comes again', async () => {
  const create = aCreate({ parcels: 2 })
  const { orderId } = create
  await shop.deliver('shipping.create', create)
  await shop.deliver('shipping.cancel', { orderId })
  await shop.deliver('shipping.cancel', { orderId })
  await shop.deliver('shipping.create', create)
  const answers = (await publishedAbout(orderId)).slice(2)
  expect(answers.map(({ type, sequence }) => [type, sequence])).toEqual(
    [2, 3, 4].map((sequence) => ['shipping.order.cancelled', sequence]),
  )
  expect((await shipments(orderId)).shipments).toMatchObject([
    { status: 'CANCELLED' },
    { status: 'CANCELLED' },
  ])
})

test('a cancel that overtakes its create leaves a tombstone: nothing ships', async () => {
  const create = aCreate()
  const { orderId } = create
  await shop.deliver('shipping.cancel', { orderId })
  await shop.deliver('shipping.create', create)
  expect(await typesOf(orderId)).toEqual(['shipping.order.cancelled', 'shipping.order.cancelled'])
  expect((await shipments(orderId)).shipments).toEqual([])
})

test('the owner of an order that was cancelled before its create sees that it has no parcels and no returns', async () => {
  const query = `query ($orders: [_Any!]!) { _entities(representations: $orders) { ... on Order {
    shipments { id } returns { id } } } }`
  const seen = async (orderId: string, viewer: ReturnType<typeof customer>) => {
    const orders = [{ __typename: 'Order', id: orderId }]
    return (await shop.execute(query, { orders }, viewer)).data._entities[0]
  }
  const create = aCreate({ guestProofHash: 'a hash' })
  await shop.deliver('shipping.cancel', { orderId: create.orderId })
  await shop.deliver('shipping.create', create)
  await shop.deliver('shipping.create', aCreate({ orderId: create.orderId, orderNumber: 'A-OTHER' }))
  expect(await seen(create.orderId, customer(String(create.customerId)))).toEqual({
    shipments: [],
    returns: [],
  })
  expect(await seen(create.orderId, customer(newId('usr')))).toEqual({ shipments: null, returns: null })
  const { orderId, orderNumber, customerId } = create
  const kept = await shop.resources.prisma.fulfilment.findUnique({ where: { orderId } })
  expect(kept).toMatchObject({
    orderNumber,
    customerId,
    guestProofHash: 'a hash',
    address: null,
    email: null,
  })
})

test('a create and a cancel at once end in one of two ways, and never in a parcel that ships', async () => {
  for (const _ of [1, 2, 3, 4]) {
    const create = aCreate()
    const { orderId } = create
    await shop.atOnce([
      () => shop.deliver('shipping.create', create),
      () => shop.deliver('shipping.cancel', { orderId }),
      () => shop.deliver('shipping.create', create),
    ])
    const { shipments: shown } = await shipments(orderId)
    expect(shown.map(({ status }: { status: string }) => status)).toEqual(shown.map(() => 'CANCELLED'))
    expect(await typesOf(orderId)).toContain('shipping.order.cancelled')
  }
})

test('a cancel waits for what is decided about its order meanwhile', async () => {
  const { orderId } = aCreate()
  await shop.deliver('shipping.create', aCreate({ orderId }))
  const { prisma } = shop.resources
  const pace = { now: shop.clock(), pollMs: 1_000 }
  let cancelled: Promise<unknown> = Promise.resolve()
  await prisma.$transaction(async (tx) => {
    const state = await lockFulfilment(tx, orderId)
    cancelled = shop.deliver('shipping.cancel', { orderId })
    await shop.untilWaiting(1, [cancelled])
    await handleCommand(tx, orderId, state, { type: 'ask', shipmentId: state?.shipments[0]?.id ?? '' }, pace)
  })
  await cancelled
  const where = { orderId }
  // The label that was asked for has to be voided first.
  expect(await prisma.fulfilment.findUnique({ where })).toMatchObject({ status: 'CANCELLING', version: 3 })
})

test('an order’s shipments are seen by its customer and by staff, and by nobody else', async () => {
  const customerId = newId('usr')
  const create = aCreate({ customerId })
  await shop.deliver('shipping.create', create)
  const { shipments: own } = await shipments(create.orderId, customer(customerId))
  expect(own).toHaveLength(1)
  const stranger = customer(newId('usr'))
  expect(await shipments(create.orderId, stranger)).toEqual({ shipments: null, errors: [] })
  const query = `query ($id: ID!, $all: [_Any!]!) { shipment(id: $id) { id } _entities(representations: $all) { ... on Shipment { id } } }`
  const { id } = own[0]
  const all = [{ __typename: 'Shipment', id }]
  const seen = async (viewer: Parameters<typeof shipments>[1]) =>
    (await shop.execute(query, { id, all }, viewer)).data
  expect(await seen(stranger)).toEqual({ shipment: null, _entities: [null] })
  expect(await seen(customer(customerId))).toEqual({ shipment: { id }, _entities: [{ id }] })
  expect(await seen(staff('shipping:read'))).toEqual({ shipment: { id }, _entities: [{ id }] })
  expect((await shop.execute(query, { id, all })).errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' })
})

test('50 orders with their shipments, lines and events cost as many statements as one', async () => {
  const creates = Array.from({ length: 50 }, () => aCreate({ parcels: 2 }))
  for (const create of creates) await shop.deliver('shipping.create', create)
  const viewer = staff('orders:read')
  const cost = (count: number) =>
    shop.sqlCount(async () => {
      const orders = creates.slice(0, count).map(({ orderId }) => ({ __typename: 'Order', id: orderId }))
      const { data, errors } = await shop.execute(SHIPMENTS, { orders }, viewer)
      expect(errors).toEqual([])
      expect(data._entities[0].shipments).toHaveLength(2)
    })
  expect([await cost(1), await cost(50)]).toEqual([4, 4])
})

test('the parcels of an order are read as each command left them, in every field', async () => {
  const create = aCreate({ parcels: 4 })
  const { orderId } = create
  await shop.deliver('shipping.create', create)
  const { prisma } = shop.resources
  const rows = await prisma.shipment.findMany({ where: { orderId }, orderBy: { position: 'asc' } })
  const [a = '', b = '', c = '', d = ''] = rows.map(({ id }) => id)
  const on = (day: number) => new Date(`2026-11-${day}T09:00:00.000Z`)
  const labelOf = (labelId: string) => {
    return { labelId, trackingNumber: `PW ${labelId}`, trackingUrl: `https://carrier.example/${labelId}` }
  }
  const made = (shipmentId: string, attempt: number): Command[] => [
    { type: 'ask', shipmentId },
    { type: 'labelMade', shipmentId, attempt, label: labelOf(`${shipmentId}.${attempt}`) },
  ]
  const tracked = (
    shipmentId: string,
    attempt: number,
    status: CarrierState['status'],
    day: number,
  ): Command => {
    return { type: 'tracked', shipmentId, attempt, state: { status, dispatchedAt: on(21), at: on(day) } }
  }
  const commands: Command[] = [
    ...[...made(a, 1), ...made(b, 1), ...made(d, 1)],
    { type: 'ask', shipmentId: c },
    { type: 'labelRefused', shipmentId: c, attempt: 1, at: on(21) },
    { type: 'cancel' },
    { type: 'voided', shipmentId: b, attempt: 1 },
    // Refuses the cancellation, so b needs a second label.
    tracked(a, 1, 'IN_TRANSIT', 22),
    tracked(a, 1, 'DELIVERED', 23),
    ...made(b, 2),
    tracked(b, 2, 'LOST', 24),
    tracked(d, 1, 'RETURNED', 25),
  ]
  for (const command of commands)
    await prisma.$transaction(async (tx) => {
      const before = await lockFulfilment(tx, orderId)
      const after = await handleCommand(tx, orderId, before, command, { now: on(21), pollMs: 1_000 })
      expect(after).not.toEqual(before)
      expect(await lockFulfilment(tx, orderId)).toEqual(after)
    })
  expect(await prisma.$transaction((tx) => lockFulfilment(tx, orderId))).toMatchObject({
    status: 'OPEN',
    shipments: [
      { id: a, status: 'DELIVERED', dispatchedAt: on(21), deliveredAt: on(23), failure: null },
      { id: b, status: 'FAILED', attempt: 2, made: labelOf(`${b}.2`), failure: 'LOST' },
      { id: c, status: 'FAILED', label: 'REFUSED', made: null, failure: 'REFUSED_BY_CARRIER' },
      { id: d, status: 'RETURNED', failure: 'RETURNED_TO_SENDER' },
    ],
  })
})

test.each([
  ['orderId', { orderId: 'A-1' }],
  ['parcels', { parcels: 0 }],
  ['parcels', { parcels: 51 }],
  ['carrier', { carrier: '' }],
  ['service', { service: '' }],
])('a create whose %s is not of the form is refused, so that it becomes a dead letter', async (_, but) => {
  await expect(shop.deliver('shipping.create', aCreate(but))).rejects.toThrow()
})

test.each(['before', 'after'])(
  'a guest’s order that is claimed %s it is packed is the customer’s',
  async (when) => {
    const create = aCreate({ customerId: null })
    const { orderId } = create
    const customerId = newId('usr')
    const claim = () => shop.deliver('orders.order.claimed', { orderId, number: 'A-1', customerId })
    if (when === 'before') await claim()
    await shop.deliver('shipping.create', create)
    if (when === 'after') await claim()
    expect((await shipments(orderId, customer(customerId))).shipments).toHaveLength(1)
    expect((await shipments(orderId, customer(newId('usr')))).shipments).toBeNull()
  },
)

test('guests’ orders that are claimed while they are packed are the customer’s', async () => {
  const customerId = newId('usr')
  const creates = Array.from({ length: 8 }, () => aCreate({ customerId: null }))
  const deliveries = creates.flatMap((create) => [
    () => shop.deliver('orders.order.claimed', { orderId: create.orderId, number: 'A-1', customerId }),
    () => shop.deliver('shipping.create', create),
  ])
  await shop.atOnce(deliveries)
  for (const { orderId } of creates)
    expect((await shipments(orderId, customer(customerId))).shipments).toHaveLength(1)
})

test('the first claim of a guest’s order counts', async () => {
  const create = aCreate({ customerId: null })
  const { orderId } = create
  const [first, second] = [newId('usr'), newId('usr')]
  const claim = (customerId: string) =>
    shop.deliver('orders.order.claimed', { orderId, number: 'A-1', customerId })
  await claim(first)
  await claim(second)
  await shop.deliver('shipping.create', create)
  await claim(second)
  expect((await shipments(orderId, customer(first))).shipments).toHaveLength(1)
  expect((await shipments(orderId, customer(second))).shipments).toBeNull()
})

test('a guest’s order that was cancelled before its create is that of the customer who has claimed it', async () => {
  const create = aCreate({ customerId: null })
  const { orderId } = create
  const customerId = newId('usr')
  await shop.deliver('orders.order.claimed', { orderId, number: 'A-1', customerId })
  await shop.deliver('shipping.cancel', { orderId })
  await shop.deliver('shipping.create', create)
  expect((await shipments(orderId, customer(customerId))).shipments).toEqual([])
})

/** A sample message of its publisher. */
function sampleOf(type: string) {
  const file = new URL(`../orders/event-samples/${type}.json`, import.meta.url)
  return envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

test('what orders publishes is understood', async () => {
  const create = sampleOf('shipping.create')
  const orderId = (create.data as { orderId: string }).orderId
  for (const type of [
    'shipping.create',
    'shipping.cancel',
    'orders.order.claimed',
    'orders.return.refunded',
    'orders.return.refund_failed',
  ]) {
    const sample = sampleOf(type)
    await shop.deliver(type, sample.data, { subject: sample.subject, sequence: sample.sequence })
  }
  expect(await typesOf(orderId)).toEqual(['shipping.shipment.created', 'shipping.order.cancelled'])
})
