import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keeper, newIdempotencyKey } from './testing/open-shipping.ts'
import { openShippingWithCarrier, type ShippingWithCarrier } from './testing/open-shipping-with-carrier.ts'

let post: ShippingWithCarrier
beforeAll(async () => {
  post = await openShippingWithCarrier()
})
afterAll(() => post.close())
expectEarlierRowsKept(() => post, ['fulfilment (', 'shipment ('])

const ENTITIES = `query ($all: [_Any!]!) { _entities(representations: $all) { __typename
  ... on Shipment { id carrier lines { quantity } events { at status location description } }
  ... on Return { id lines { quantity } customer { id } }
  ... on Order { id shipments { id } returns { id } }
  ... on User { id all: returns { edges { node { id } } } } } }`

async function entities(all: readonly { __typename: string; id: string }[], viewer: Viewer) {
  const { data, errors } = await post.execute(ENTITIES, { all }, viewer)
  return { entities: data?._entities, errors }
}

/** An order of two parcels of which the first has arrived, with two returns of it. */
async function anOrder() {
  const customerId = newId('usr')
  const { orderId, parcels } = await post.anOrder(2, 'Ada Lovelace', { customerId })
  await post.courier.go()
  const [arrived, other] = await post.shipmentsOf(orderId)
  await post.move(arrived?.labelId ?? null, 9)
  const lines = [{ orderLineId: parcels[0]?.lines[0]?.orderLineId, quantity: 1 }]
  const viewer = customer(customerId)
  const ask = async () =>
    (await post.accepted('requestReturn', { ...newIdempotencyKey(), orderId, lines }, viewer)).return
      .id as string
  const returnIds = [await ask(), await ask()]
  return { orderId, customerId, viewer, shipmentIds: [arrived?.id ?? '', other?.id ?? ''], returnIds }
}

test('the owner and staff get what there is, in its order; to anybody else it is not there', async () => {
  const { orderId, customerId, viewer, shipmentIds, returnIds } = await anOrder()
  const [shipmentId = '', returnId = ''] = [shipmentIds[0], returnIds[0]]
  const all = [
    { __typename: 'Shipment', id: shipmentId },
    { __typename: 'Return', id: returnId },
    { __typename: 'Order', id: orderId },
    { __typename: 'User', id: customerId },
  ]
  const newestFirst = returnIds.toReversed().map((id) => ({ id }))
  const whole = [
    expect.objectContaining({ id: shipmentId, carrier: 'Parcelway', lines: [{ quantity: 3 }] }),
    expect.objectContaining({ id: returnId, customer: { id: customerId } }),
    { __typename: 'Order', id: orderId, shipments: shipmentIds.map((id) => ({ id })), returns: newestFirst },
    { __typename: 'User', id: customerId, all: { edges: newestFirst.map((node) => ({ node })) } },
  ]
  for (const reader of [viewer, staff('shipping:read'), staff('orders:read')])
    expect(await entities(all, reader)).toEqual({ entities: whole, errors: [] })
  const other = await anOrder()
  const of = [
    { __typename: 'Shipment', id: other.shipmentIds[0] ?? '' },
    { __typename: 'Return', id: other.returnIds[0] ?? '' },
    { __typename: 'Order', id: other.orderId },
  ]
  const both = (await entities([...of, ...all], keeper)).entities
  expect(both.slice(3)).toEqual((await entities(all, keeper)).entities)
  expect(both.slice(0, 3)).toMatchObject([
    { id: other.shipmentIds[0], events: Array(6).fill({}) },
    { id: other.returnIds[0], lines: [{ quantity: 1 }], customer: { id: other.customerId } },
    {
      shipments: other.shipmentIds.map((id) => ({ id })),
      returns: other.returnIds.toReversed().map((id) => ({ id })),
    },
  ])
  const nothing = [
    null,
    null,
    { __typename: 'Order', id: orderId, shipments: null, returns: null },
    { __typename: 'User', id: customerId, all: null },
  ]
  for (const stranger of [customer(newId('usr')), staff('catalog:write', 'shipping:write')])
    expect(await entities(all, stranger)).toEqual({ entities: nothing, errors: [] })
  const visitor = await entities(all, anonymous)
  expect(visitor.entities).toEqual(nothing)
  expect(visitor.errors.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED'])
})

test('a parcel and a return name their order to its customer, and to staff who may read orders', async () => {
  const { orderId, viewer, shipmentIds, returnIds } = await anOrder()
  const query = `query ($all: [_Any!]!) { _entities(representations: $all) {
    ... on Shipment { order { id } } ... on Return { order { id } } } }`
  const all = [
    { __typename: 'Shipment', id: shipmentIds[0] },
    { __typename: 'Return', id: returnIds[0] },
  ]
  const seen = async (reader: Viewer) => (await post.execute(query, { all }, reader)).data._entities
  const named = Array(2).fill({ order: { id: orderId } })
  for (const reader of [viewer, staff('orders:read')]) expect(await seen(reader)).toEqual(named)
  expect(await seen(staff('shipping:read'))).toEqual(Array(2).fill({ order: null }))
})

test('the events of a parcel are listed oldest first', async () => {
  const { viewer, shipmentIds } = await anOrder()
  const [shipment] = (await entities([{ __typename: 'Shipment', id: shipmentIds[0] ?? '' }], viewer)).entities
  const instants = shipment.events.map(({ at }: { at: string }) => at)
  expect(instants).toHaveLength(6)
  expect(instants).toEqual(instants.toSorted())
  const label = { location: null, description: 'Label made; waiting for the parcel' }
  expect(shipment.events[0]).toMatchObject({ status: 'LABEL_CREATED', ...label })
  const arrival = { status: 'DELIVERED', location: 'Paris', description: 'Delivered' }
  expect(shipment.events.at(-1)).toMatchObject(arrival)
})

test('ids of nothing, and ids that are none, are null beside the others', async () => {
  const { orderId } = await anOrder()
  const ids = ['', 'shp_1', 'ret_\u0000', "'; DROP TABLE shipment; --", newId('crt')]
  const all = [
    { __typename: 'Order', id: orderId },
    ...['Shipment', 'Return', 'Order', 'User'].flatMap((__typename) => ids.map((id) => ({ __typename, id }))),
    { __typename: 'Shipment', id: newId('shp') },
    { __typename: 'Return', id: newId('ret') },
  ]
  const { entities: found, errors } = await entities(all, keeper)
  expect(errors).toEqual([])
  expect(found[0]).toMatchObject({ id: orderId })
  expect(found.slice(1)).toEqual(Array(all.length - 1).fill(null))
})

test('50 shipments, with their lines and events, cost as many statements as one', async () => {
  const { orderId } = await post.anOrder(50)
  const all = (await post.shipmentsOf(orderId)).map(({ id }) => ({ __typename: 'Shipment', id }))
  const cost = (count: number) =>
    post.sqlCount(async () => {
      const { entities: found } = await entities(all.slice(0, count), keeper)
      expect(found.map(({ id }: { id: string }) => id)).toEqual(all.slice(0, count).map(({ id }) => id))
    })
  expect([await cost(1), await cost(50)]).toEqual([3, 3])
})

test('staff page through all shipments of a status, the newest first', async () => {
  const query = `query ($after: String) { shipments(first: 2, after: $after, status: DELIVERED) {
    edges { node { id status } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`
  const arrived = [(await anOrder()).shipmentIds[0], (await anOrder()).shipmentIds[0]]
  const ids: string[] = []
  let after: string | null = null
  do {
    const { data } = await post.execute(query, { after }, keeper)
    const { shipments } = data
    for (const { node } of shipments.edges) {
      expect(node.status).toBe('DELIVERED')
      ids.push(node.id)
    }
    after = shipments.pageInfo.hasNextPage ? shipments.pageInfo.endCursor : null
  } while (after)
  expect(ids.slice(0, 2)).toEqual(arrived.toReversed())
  const rows = await post.sql<{ id: string }>(
    "SELECT id FROM shipment WHERE status = 'DELIVERED' ORDER BY created_at DESC, id DESC",
  )
  expect(ids).toEqual(rows.map(({ id }) => id))
})

test('a parcel shows its oldest 50 tracking events, however many another parcel has', async () => {
  const { shipmentIds: ids } = await anOrder()
  await post.sql(`DELETE FROM tracking_event WHERE shipment_id = ANY($1)`, ids)
  for (const [id, count] of [
    [ids[0], 52],
    [ids[1], 50],
  ])
    await post.sql(
      `INSERT INTO tracking_event (shipment_id, id, at, status, description)
       SELECT $1, 'e' || n, $2::timestamptz + interval '1 minute' * n, 'IN_TRANSIT', n FROM generate_series(1, $3::int) AS n`,
      id,
      '2026-11-21T09:00:00Z',
      count,
    )
  const query = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on Shipment { events { description } } } }`
  const all = ids.map((id) => ({ __typename: 'Shipment', id }))
  const { data } = await post.execute(query, { all }, keeper)
  const events = Array.from({ length: 50 }, (_, index) => ({ description: String(index + 1) }))
  expect(data._entities).toEqual([{ events }, { events }])
})
