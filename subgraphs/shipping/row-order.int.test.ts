import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { reverseRows, sequentialDatabase } from '@argyle/kit/testing/row-order'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lockFulfilment } from './shipment/fulfilment-store.ts'
import {
  aCreate,
  aMethod,
  aZone,
  EUR,
  keeper,
  type OpenShipping,
  openShipping,
} from './testing/open-shipping.ts'

// Each order is tested with rows that are stored in another one, and again after their order was reversed. The clock stands still, so that
// all rows of a list have one instant.

let shop: OpenShipping
let database: Awaited<ReturnType<typeof sequentialDatabase>>
const now = new Date('2026-11-21T09:00:00.000Z')
const ids = { order: '', parcels: [] as string[], returns: [] as string[], lines: [] as string[] }
const customerId = newId('usr')
const usd = (amount: string) => ({ amount, currencyCode: 'USD' })

beforeAll(async () => {
  database = await sequentialDatabase('shipping')
  shop = await openShipping({ database, clock: () => now })
  ids.lines = [newId('oln'), newId('oln'), newId('oln')].toReversed()
  const lines = ids.lines.map((orderLineId) => ({
    orderLineId,
    variantId: newId('var'),
    quantity: 1,
    weightGrams: 9,
  }))
  const create = aCreate({ parcels: 3, customerId })
  const parcels = create.parcels.map((parcel) => ({ ...parcel, lines }))
  await shop.deliver('shipping.create', { ...create, parcels })
  ids.order = create.orderId
  const rows = await shop.resources.prisma.shipment.findMany({ orderBy: { position: 'asc' } })
  ids.parcels = rows.map(({ id }) => id)
  for (const id of ['e2', 'e3', 'e1'])
    await shop.resources.prisma.trackingEvent.create({
      data: { shipmentId: ids.parcels[0] ?? '', id, at: now, status: 'IN_TRANSIT', description: id },
    })
  for (let count = 0; count < 3; count++) {
    const id = newId('ret')
    const line = { variantId: newId('var'), quantity: 1, warehouseId: newId('whs') }
    await shop.resources.prisma.returnRequest.create({
      data: {
        ...{
          id,
          orderId: ids.order,
          customerId,
          status: 'REQUESTED',
          version: 1,
          requestedAt: now,
          updatedAt: now,
        },
        lines: { create: ids.lines.map((orderLineId) => ({ ...line, orderLineId })) },
      },
    })
    ids.returns.push(id)
  }
  const areas = [{ countryCode: 'FR', postalCodePrefix: '2' }, { countryCode: 'DE' }, { countryCode: 'FR' }]
  const { zone } = await shop.accepted('createShippingZone', aZone({ name: 'B', areas }))
  await shop.accepted('createShippingZone', aZone({ name: 'A', areas: [{ countryCode: 'AT' }] }))
  const made = { zoneId: zone.id }
  const services = [
    ['Post', 'Two'],
    ['Post', 'One'],
    ['Courier', 'Two'],
  ]
  for (const [carrier, service] of services) {
    const { method } = await shop.accepted('createShippingMethod', aMethod({ carrier, service }))
    for (const price of [usd('4.00'), EUR('4.00')])
      for (const upToGrams of [900, 300])
        await shop.aRate({ ...made, methodId: method.id, rate: { price, upToGrams } })
  }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

type List = { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } }
const PAGE = '{ edges { node { id } } pageInfo { hasNextPage endCursor } }'
const OF = [
  { __typename: 'User', id: customerId },
  { __typename: 'Order', id: '' },
]

async function ask(query: string) {
  const of = OF.map((one) => (one.id === '' ? { ...one, id: ids.order } : one))
  const isOf = query.includes('_entities')
  const asked = `query ${isOf ? '($of: [_Any!]!)' : ''} { ${query} }`
  const { data, errors } = await shop.execute(asked, isOf ? { of } : {}, keeper)
  expect(errors).toEqual([])
  return data
}

/** Reads a list to its end, two nodes a page. */
async function walk(read: (args: string) => Promise<List>): Promise<string[]> {
  const all: string[] = []
  for (let after: string | null = null; ; ) {
    const list = await read(`(first: 2, after: ${JSON.stringify(after)})`)
    all.push(...list.edges.map(({ node }) => node.id))
    if (!list.pageInfo.hasNextPage) return all
    after = list.pageInfo.endCursor
  }
}

const newestFirst = (of: readonly string[]) => of.toSorted().reverse()

describe.each(['stored', 'reversed'])('rows as %s', (order) => {
  beforeAll(async () => {
    if (order === 'reversed') await reverseRows(database)
  })

  test('shipments and returns, the newest first', async () => {
    expect(await walk(async (args) => (await ask(`shipments${args} ${PAGE}`)).shipments)).toEqual(
      newestFirst(ids.parcels),
    )
    expect(await walk(async (args) => (await ask(`returns${args} ${PAGE}`)).returns)).toEqual(
      newestFirst(ids.returns),
    )
    const own = (args: string) => `_entities(representations: $of) { ... on User { returns${args} ${PAGE} } }`
    expect(await walk(async (args) => (await ask(own(args)))._entities[0].returns)).toEqual(
      newestFirst(ids.returns),
    )
  })

  test('parcels and returns of an order, with their lines and events', async () => {
    const data = await ask(`_entities(representations: $of) { ... on Order {
      shipments { id lines { orderLine { id } } events { description } }
      returns { id lines { orderLine { id } } } } }`)
    const { shipments, returns } = data._entities[1]
    type Row = { id: string; lines: { orderLine: { id: string } }[]; events: { description: string }[] }
    expect(shipments.map(({ id }: Row) => id)).toEqual(ids.parcels)
    expect(returns.map(({ id }: Row) => id)).toEqual(newestFirst(ids.returns))
    for (const { lines } of [...shipments, ...returns] as Row[])
      expect(lines.map(({ orderLine }) => orderLine.id)).toEqual(ids.lines.toSorted())
    expect(shipments[0].events.map(({ description }: Row['events'][0]) => description)).toEqual([
      'e1',
      'e2',
      'e3',
    ])
  })

  test('parcels of an order about which a command is decided', async () => {
    const locked = await shop.resources.prisma.$transaction((tx) => lockFulfilment(tx, ids.order))
    expect(locked?.shipments.map(({ id }) => id)).toEqual(ids.parcels)
  })

  test('zones with their areas and rates, and methods', async () => {
    const { shippingZones, shippingMethods } = await ask(`
      shippingZones { name areas { countryCode postalCodePrefix } rates { upToGrams price { currencyCode } method { id } } }
      shippingMethods { id carrier service }`)
    expect(shippingMethods.map((one: Record<string, string>) => `${one.carrier} ${one.service}`)).toEqual([
      'Courier Two',
      'Post One',
      'Post Two',
    ])
    expect(shippingZones.map(({ name }: { name: string }) => name)).toEqual(['A', 'B'])
    expect(shippingZones[1].areas).toEqual([
      { countryCode: 'DE', postalCodePrefix: '' },
      { countryCode: 'FR', postalCodePrefix: '' },
      { countryCode: 'FR', postalCodePrefix: '2' },
    ])
    const methodIds = shippingMethods.map(({ id }: { id: string }) => id).toSorted()
    expect(shippingZones[1].rates).toEqual(
      methodIds.flatMap((id: string) =>
        ['EUR', 'USD'].flatMap((currencyCode) =>
          [300, 900].map((upToGrams) => ({ upToGrams, price: { currencyCode }, method: { id } })),
        ),
      ),
    )
  })

  test('options of one price and one time, by the ids of their rates', async () => {
    const cart = {
      id: newId('crt'),
      currencyCode: 'EUR',
      lines: [{ quantity: 1, variant: { weightGrams: 60 } }],
    }
    const { options } = await shop.options(cart, { countryCode: 'DE', postalCode: '10115' })
    const rates = await shop.sql<{ id: string; service: string; carrier: string }>(`
      SELECT r.id, m.carrier, m.service FROM rate r JOIN method m ON m.id = r.method_id WHERE currency = 'EUR' AND up_to_grams = 300`)
    const expected = rates
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((one) => `${one.carrier} ${one.service}`)
    expect(options.map((one: Record<string, string>) => `${one.carrier} ${one.service}`)).toEqual(expected)
  })
})
