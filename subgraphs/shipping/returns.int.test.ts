import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAX_RETURNS } from './return/return-store.ts'
import { aCreate, keeper, newIdempotencyKey, openShipping } from './testing/open-shipping.ts'
import { openShippingWithCarrier, type ShippingWithCarrier } from './testing/open-shipping-with-carrier.ts'

let post: ShippingWithCarrier
beforeAll(async () => {
  post = await openShippingWithCarrier()
})
afterAll(() => post.close())
expectEarlierRowsKept(() => post)

/** Creates an order of 3 units in one delivered parcel. */
async function arrived(customerId: string | null = newId('usr')) {
  const order = await post.anOrder(1, 'Ada Lovelace', { customerId })
  await post.courier.go()
  const [shipment] = await post.shipmentsOf(order.orderId)
  await post.move(shipment?.labelId ?? null, 9)
  const [line] = order.parcels[0]?.lines ?? []
  if (!line) throw new Error('the order has no line')
  const { orderLineId } = line
  return {
    orderId: order.orderId,
    orderLineId,
    variantId: line.variantId,
    warehouseId: order.parcels[0]?.warehouseId,
    viewer: customerId ? customer(customerId) : keeper,
    wants: (quantity: number) => ({
      ...newIdempotencyKey(),
      orderId: order.orderId,
      lines: [{ orderLineId, quantity }],
    }),
  }
}
type Order = Awaited<ReturnType<typeof arrived>>

const request = async ({ wants, viewer }: Order, quantity: number, but: object = {}) =>
  (await post.accepted('requestReturn', { ...wants(quantity), ...but }, viewer)).return
const version = (id: string, expectedVersion: number) => ({ id, expectedVersion })

test('two of three come back: asked for, agreed to, received, refunded', async () => {
  const order = await arrived()
  const { id } = await request(order, 2, { reason: 'Too small.' })
  await post.accepted('approveReturn', version(id, 1))
  const lines = [{ orderLineId: order.orderLineId, quantity: 2, restock: true }]
  const received = await post.accepted('receiveReturn', { ...version(id, 2), lines })
  expect(received.return).toMatchObject({
    status: 'RECEIVED',
    version: 3,
    reason: 'Too small.',
    order: { id: order.orderId },
    lines: [{ quantity: 2, receivedQuantity: 2, restock: true, variant: { id: order.variantId } }],
  })
  const all = (await post.outbox()).filter(({ subject }) => subject === id)
  expect(all.map(({ sequence, type }) => [sequence, type])).toEqual([
    [1, 'shipping.return.changed'],
    [2, 'shipping.return.changed'],
    [3, 'shipping.return.changed'],
    [3, 'shipping.return.received'],
  ])
  const published = all.filter(({ type }) => type === 'shipping.return.received')
  const file = new URL('event-samples/shipping.return.received.json', import.meta.url)
  const sample = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  expect(published).toMatchObject([{ type: sample.type, sequence: 3 }])
  const { orderLineId, variantId, warehouseId } = order
  const line = { orderLineId, variantId, quantity: 2, restock: true, warehouseId }
  expect(published[0]?.data).toEqual({ orderId: order.orderId, returnId: id, lines: [line] })
  expect(Object.keys(Object(sample.data)).sort()).toEqual(['lines', 'orderId', 'returnId'])

  const refunded = {
    orderId: order.orderId,
    returnId: id,
    amount: { amountMinor: '100', currencyCode: 'EUR' },
  }
  await post.deliver('orders.return.refunded', refunded)
  await post.deliver('orders.return.refunded', refunded)
  const { data } = await post.execute(`{ return(id: "${id}") { status version } }`, {}, order.viewer)
  expect(data.return).toEqual({ status: 'REFUNDED', version: 4 })
  const changed = (await post.outbox()).filter(
    ({ subject, type }) => subject === id && type === 'shipping.return.changed',
  )
  const sampled = new URL('event-samples/shipping.return.changed.json', import.meta.url)
  const { data: whole } = envelopeSchema.parse(JSON.parse(readFileSync(sampled, 'utf8')))
  expect(changed.map(({ data: published }) => (published as { status: string }).status)).toEqual([
    'REQUESTED',
    'APPROVED',
    'RECEIVED',
    'REFUNDED',
  ])
  expect(Object.keys(Object(changed[0]?.data)).sort()).toEqual(Object.keys(Object(whole)).sort())
})

test('a return whose refund failed afterwards is RECEIVED, among those that staff look for, until it is refunded', async () => {
  const order = await arrived()
  const { id } = await request(order, 1)
  const { orderId } = order
  const lines = [{ orderLineId: order.orderLineId, quantity: 1, restock: true }]
  await post.accepted('approveReturn', version(id, 1))
  await post.accepted('receiveReturn', { ...version(id, 2), lines })
  const seen = async () => {
    const query = `{ return(id: "${id}") { status version } returns(first: 1, status: RECEIVED) { edges { node { id } } } }`
    const { data } = await post.execute(query, {}, keeper)
    return [data.return.status, data.return.version, data.returns.edges[0]?.node.id === id]
  }
  const told = async (type: string, reversals: number) => {
    const amount = { amountMinor: '100', currencyCode: 'EUR' }
    await post.deliver(`orders.return.${type}`, { orderId, returnId: id, amount, reversals })
    return seen()
  }
  expect(await told('refunded', 0)).toEqual(['REFUNDED', 4, false])
  expect(await told('refund_failed', 1)).toEqual(['RECEIVED', 5, true])
  expect(await told('refunded', 0)).toEqual(['RECEIVED', 5, true])
  expect(await told('refunded', 1)).toEqual(['REFUNDED', 6, false])
  // The message of a second failure, and a late one of the refund before it.
  expect(await told('refund_failed', 3)).toEqual(['RECEIVED', 7, true])
  expect(await told('refunded', 2)).toEqual(['RECEIVED', 7, true])
  // The refund after a fifth failure, of which the message is late.
  expect(await told('refunded', 3)).toEqual(['REFUNDED', 8, false])
  expect(await told('refunded', 5)).toEqual(['REFUNDED', 8, false])
  expect(await told('refund_failed', 5)).toEqual(['REFUNDED', 8, false])
  // A late message that changes nothing to be seen is not published.
  const changes = (await post.outbox()).filter(
    ({ subject, type }) => subject === id && type === 'shipping.return.changed',
  )
  expect(changes.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

test('news of a refund of a return that has not come in changes nothing', async () => {
  const order = await arrived()
  const { id } = await request(order, 1)
  await post.deliver('orders.return.refunded', { orderId: order.orderId, returnId: id })
  await post.deliver('orders.return.refunded', { orderId: order.orderId, returnId: newId('ret') })
  const { data } = await post.execute(`{ return(id: "${id}") { status version } }`, {}, order.viewer)
  expect(data.return).toEqual({ status: 'REQUESTED', version: 1 })
})

test('units of one line in two parcels come back to the warehouse of the parcel that arrived last', async () => {
  const line = { orderLineId: newId('oln'), variantId: newId('var'), quantity: 1, weightGrams: 60 }
  const parcels = [1, 2].map((n) => ({ warehouseId: newId('whs'), warehouseCode: `WH-${n}`, lines: [line] }))
  const create = { ...aCreate(), parcels }
  const { orderId } = create
  await post.deliver('shipping.create', create)
  await post.courier.go()
  const shipments = await post.shipmentsOf(orderId)
  for (const { labelId } of shipments) await post.move(labelId, 9)
  const input = { orderId, lines: [{ orderLineId: line.orderLineId, quantity: 1 }] }
  for (const older of shipments) {
    const earlier = `UPDATE shipment SET delivered_at = delivered_at - interval '1 day' * (1 + position) WHERE id = $1 RETURNING 1`
    await post.sql(earlier, older.id)
    const { id } = (await post.accepted('requestReturn', { ...newIdempotencyKey(), ...input })).return
    const [other] = shipments.filter((shipment) => shipment !== older)
    expect(await post.sql('SELECT warehouse_id FROM return_line WHERE return_id = $1', id)).toEqual([
      { warehouse_id: other?.warehouseId },
    ])
  }
})

test('the lines of a return are in the order of their ids, however they were asked for, and each is received for itself', async () => {
  const lines = [1, 2, 3].map(() => ({
    orderLineId: newId('oln'),
    variantId: newId('var'),
    quantity: 3,
    weightGrams: 60,
  }))
  const warehouseId = newId('whs')
  const create = { ...aCreate(), parcels: [{ warehouseId, warehouseCode: 'WH-1', lines }] }
  const { orderId } = create
  await post.deliver('shipping.create', create)
  await post.courier.go()
  const [shipment] = await post.shipmentsOf(orderId)
  await post.move(shipment?.labelId ?? null, 9)
  const ids = lines.map(({ orderLineId }) => orderLineId)
  const asked = [ids[1], ids[2], ids[0]].map((orderLineId) => ({ orderLineId, quantity: 2 }))
  const input = { ...newIdempotencyKey(), orderId, lines: asked }
  const requested = (await post.accepted('requestReturn', input)).return
  expect(requested.lines.map((line: { orderLine: { id: string } }) => line.orderLine.id)).toEqual(ids)
  const { id } = requested
  await post.accepted('approveReturn', version(id, 1))
  post.pass(60)
  const elsewhere = newId('whs')
  const came = [
    { orderLineId: ids[2], quantity: 1, restock: true, warehouseId: elsewhere },
    { orderLineId: ids[0], quantity: 2, restock: false },
  ]
  await post.accepted('receiveReturn', { ...version(id, 2), lines: came })
  const { data } = await post.execute(`{ return(id: "${id}") { requestedAt updatedAt } }`, {}, keeper)
  expect(Date.parse(data.return.updatedAt) - Date.parse(data.return.requestedAt)).toBeGreaterThanOrEqual(
    60_000,
  )
  post.pass(-60)
  const rows = await post.sql(
    `SELECT order_line_id, quantity, received_quantity, restock, warehouse_id FROM return_line WHERE return_id = $1 ORDER BY order_line_id`,
    id,
  )
  expect(rows.map((row) => Object.values(Object(row)))).toEqual([
    [ids[0], 2, 2, false, warehouseId],
    [ids[1], 2, 0, false, warehouseId],
    [ids[2], 2, 1, true, elsewhere],
  ])
  const { data: event } =
    (await post.outbox()).find((row) => row.subject === id && row.type.endsWith('received')) ?? {}
  const [first, , third] = lines.map(({ orderLineId, variantId }) => ({ orderLineId, variantId }))
  expect(event).toMatchObject({
    lines: [
      { ...first, quantity: 2, restock: false, warehouseId },
      { ...third, quantity: 1, restock: true, warehouseId: elsewhere },
    ],
  })
})

test('many requests at once never take more than arrived', async () => {
  const order = await arrived()
  const answers = await post.manyAtOnce(8, () => post.mutate('requestReturn', order.wants(1), order.viewer))
  expect(answers.flatMap(({ errors }) => errors)).toEqual([])
  const taken = answers.filter(({ data }) => data.requestReturn.return !== null)
  expect(taken).toHaveLength(3)
  const [refusal] = await post.refused('requestReturn', order.wants(1), order.viewer)
  expect(refusal).toMatchObject({ __typename: 'NotReturnableError', returnableQuantity: 0 })
  const [first] = taken
  const { id } = first?.data.requestReturn.return ?? {}
  await post.accepted('cancelReturn', version(id, 1), order.viewer)
  expect((await request(order, 1)).status).toBe('REQUESTED')
})

test(`an order has at most ${MAX_RETURNS} returns, those that were cancelled included`, async () => {
  const order = await arrived()
  for (let time = 1; time < MAX_RETURNS; time++) {
    const { id } = await request(order, 1)
    await post.accepted('cancelReturn', version(id, 1), order.viewer)
  }
  const answers = await post.manyAtOnce(2, () => post.mutate('requestReturn', order.wants(1), order.viewer))
  const errors = answers.flatMap(({ data }) => data.requestReturn.userErrors)
  const message = `order "${order.orderId}" has 20 returns: allowed are 20, rejected and cancelled ones included`
  expect(errors).toEqual([{ __typename: 'ValidationError', message, path: ['orderId'] }])
  expect(await post.refused('requestReturn', order.wants(1))).toEqual(errors)
})

test('the audit log has the status, version and units of a return, without the words of its customer', async () => {
  const order = await arrived(null)
  const { id } = await request(order, 1, { reason: 'They itch me, Ada.' })
  await post.accepted('rejectReturn', { ...version(id, 1), rejection: 'Worn, Ada.' })
  const rows = await post.sql<{ before: unknown; after: unknown }>(
    'SELECT before, after FROM audit_entry WHERE subject_id = $1 ORDER BY at, id',
    id,
  )
  const lines = [{ orderLineId: order.orderLineId, quantity: 1, receivedQuantity: null, restock: null }]
  const requested = { status: 'REQUESTED', version: 1, lines }
  expect(rows).toEqual([
    { before: null, after: requested },
    { before: requested, after: { status: 'REJECTED', version: 2, lines } },
  ])
})

test('one key asks once, however often it is sent; with other lines it is refused', async () => {
  const order = await arrived()
  const input = order.wants(2)
  const answers = await post.manyAtOnce(6, () => post.accepted('requestReturn', input, order.viewer))
  expect(new Set(answers.map(({ return: { id } }) => id)).size).toBe(1)
  const other = { ...order.wants(1), idempotencyKey: input.idempotencyKey }
  expect(await post.refused('requestReturn', other, order.viewer)).toMatchObject([
    { __typename: 'IdempotencyKeyReusedError' },
  ])
})

test('what has not arrived cannot be sent back, and after 60 days nothing can', async () => {
  const order = await post.anOrder()
  const [line] = order.parcels[0]?.lines ?? []
  const input = {
    ...newIdempotencyKey(),
    orderId: order.orderId,
    lines: [{ orderLineId: line?.orderLineId, quantity: 1 }],
  }
  const viewer = customer(String(order.customerId))
  expect(await post.refused('requestReturn', input, viewer)).toMatchObject([
    { __typename: 'NotReturnableError', returnableQuantity: 0 },
  ])
  const late = await arrived()
  post.pass(61 * 86_400)
  const [refusal] = await post.refused('requestReturn', late.wants(1), late.viewer)
  post.pass(-61 * 86_400)
  expect(refusal.message).toContain('units can be returned for 60 days: allowed is up to 0')
})

test('the period of returns and the pace of lookups are those of the settings', async () => {
  const shop = await openShipping({ settings: { RETURN_DAYS: '7', SPEED: '60' } })
  const create = aCreate()
  await shop.deliver('shipping.create', create)
  const lines = [{ orderLineId: create.parcels[0]?.lines[0]?.orderLineId, quantity: 1 }]
  const input = { ...newIdempotencyKey(), orderId: create.orderId, lines }
  expect(await shop.refused('requestReturn', input)).toMatchObject([
    { message: expect.stringContaining('units can be returned for 7 days') },
  ])
  expect(shop.resources.courier.pace().pollMs).toBe(30_000)
  await shop.close()
})

test('a guest’s return is asked for by staff, which the book notes', async () => {
  const order = await arrived(null)
  expect(await post.refused('requestReturn', order.wants(1), customer(newId('usr')))).toMatchObject([
    { __typename: 'ValidationError', path: ['orderId'], message: `there is no order "${order.orderId}"` },
  ])
  const { id, customer: owner } = await request(order, 1)
  expect(owner).toBeNull()
  await post.accepted('rejectReturn', { ...version(id, 1), rejection: 'Worn.' })
  const query = `{ shippingAudit(subjectId: "${id}") { edges { node { action actorId } } } }`
  const { data } = await post.execute(query, {}, staff('audit:read'))
  expect(data.shippingAudit.edges.map(({ node }: { node: { action: string } }) => node.action)).toEqual([
    'rejectReturn',
    'requestReturn',
  ])
})

test('whoever claims a guest’s order has its returns too', async () => {
  const order = await arrived(null)
  const { id } = await request(order, 1)
  const [first, late] = [newId('usr'), newId('usr')]
  const claim = { orderId: order.orderId, number: 'A-1' }
  for (const customerId of [first, late]) await post.deliver('orders.order.claimed', { ...claim, customerId })
  const seen = async (viewer: ReturnType<typeof customer>) =>
    (await post.execute(`{ return(id: "${id}") { id } }`, {}, viewer)).data.return
  expect([await seen(customer(first)), await seen(customer(late))]).toEqual([{ id }, null])
})

test('a return is seen and cancelled by its customer and staff; to others it is not there', async () => {
  const order = await arrived()
  const { id } = await request(order, 1)
  const stranger = customer(newId('usr'))
  const query = `query ($all: [_Any!]!) { return(id: "${id}") { id } _entities(representations: $all) {
    ... on Return { id } ... on Order { returns { id } } ... on User { all: returns { edges { node { id } } } } } }`
  const owner = order.viewer.kind === 'user' ? order.viewer.id : ''
  const all = [
    { __typename: 'Return', id },
    { __typename: 'Order', id: order.orderId },
    { __typename: 'User', id: owner },
  ]
  const seen = async (viewer: typeof stranger) => (await post.execute(query, { all }, viewer)).data
  expect(await seen(stranger)).toEqual({
    return: null,
    _entities: [null, { returns: null }, { all: null }],
  })
  const whole = {
    return: { id },
    _entities: [{ id }, { returns: [{ id }] }, { all: { edges: [{ node: { id } }] } }],
  }
  expect(await seen(order.viewer)).toEqual(whole)
  expect(await seen(staff('shipping:read'))).toEqual(whole)
  expect(await post.refused('cancelReturn', version(id, 1), stranger)).toMatchObject([
    { message: `there is no return "${id}"`, path: ['id'] },
  ])
  expect((await post.mutate('approveReturn', version(id, 1), order.viewer)).errors[0]?.extensions).toEqual({
    code: 'FORBIDDEN',
  })
})

test('concurrent steps: one wins, the others are refused with the version or the status', async () => {
  const order = await arrived()
  const { id } = await request(order, 1)
  const answers = await post.atOnce([
    () => post.mutate('approveReturn', version(id, 1)),
    () => post.mutate('rejectReturn', { ...version(id, 1), rejection: 'No.' }),
    () => post.mutate('cancelReturn', version(id, 1), order.viewer),
  ])
  const refusals = answers.flatMap(
    ({ data }) => Object.values<{ userErrors: object[] }>(data)[0]?.userErrors ?? [],
  )
  expect(refusals).toMatchObject([
    { __typename: 'VersionConflictError', currentVersion: 2 },
    { __typename: 'VersionConflictError', currentVersion: 2 },
  ])
})

test('staff page through the returns of a status, the newest first', async () => {
  const orders = [await arrived(), await arrived(), await arrived()]
  const ids: string[] = []
  for (const order of orders) {
    const { id } = await request(order, 1)
    await post.accepted('approveReturn', version(id, 1))
    // The time of the request decides, not the id.
    ids.push(id)
    post.pass(-60)
  }
  post.pass(60 * orders.length)
  const query = `query ($after: String) { returns(first: 2, after: $after, status: APPROVED) {
    edges { node { id } } pageInfo { hasNextPage endCursor } } }`
  const found: string[] = []
  let after: string | null = null
  do {
    const { data } = await post.execute(query, { after }, keeper)
    found.push(...data.returns.edges.map(({ node }: { node: { id: string } }) => node.id))
    after = data.returns.pageInfo.hasNextPage ? data.returns.pageInfo.endCursor : null
  } while (after)
  expect(found.filter((id) => ids.includes(id))).toEqual(ids)
  const { errors } = await post.execute(query, { after: 'nonsense' }, keeper)
  expect(errors[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' })
})
