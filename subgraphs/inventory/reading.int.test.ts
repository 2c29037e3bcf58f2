import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keeper, openInventory, type Stockroom } from './testing/open-inventory.ts'
import { violations } from './testing/violations.ts'

const now = new Date('2026-11-21T09:00:00Z')
let room: Stockroom
let leipzig: string
let porto: string

beforeAll(async () => {
  room = await openInventory({ clock: () => now })
  leipzig = await room.addWarehouse('LEI-1')
  porto = await room.addWarehouse('OPO-1', false)
})
afterAll(async () => {
  expect(await violations(room.prisma)).toEqual([])
  await room.close()
})

const AVAILABILITY = `query ($of: [_Any!]!) {
  _entities(representations: $of) { ... on ProductVariant { id availability { status availableQuantity asOf } } }
}`
const STOCK = `query ($of: [_Any!]!) {
  _entities(representations: $of) { ... on ProductVariant {
    availability { status }
    stockLevels { onHand available warehouse { code } movements(first: 2) { edges { node { kind onHand } } } }
  } }
}`
const RESERVATION = `query ($of: [_Any!]!) {
  _entities(representations: $of) { ... on Order { reservation { id status expiresAt } } }
}`

const variants = (ids: string[]) => ({ of: ids.map((id) => ({ __typename: 'ProductVariant', id })) })

test('anyone sees whether a variant can be bought, counted up to 20 over all warehouses', async () => {
  const plenty = await room.addVariant(
    { warehouseId: leipzig, onHand: 15 },
    { warehouseId: porto, onHand: 15 },
  )
  const few = await room.addVariant({ warehouseId: leipzig, onHand: 2 }, { warehouseId: porto, onHand: 1 })
  const ids = [plenty.variantId, newId('var'), few.variantId]
  const { data, errors } = await room.execute(AVAILABILITY, variants(ids), anonymous)
  expect(errors).toEqual([])
  expect(data._entities).toMatchObject([
    { id: ids[0], availability: { status: 'IN_STOCK', availableQuantity: 20 } },
    { id: ids[1], availability: null },
    { id: ids[2], availability: { status: 'LOW_STOCK', availableQuantity: 3 } },
  ])
})

test('levels and warehouses are for staff only, and a refusal leaves the rest of the page', async () => {
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, onHand: 1 })
  const { data, errors } = await room.execute(STOCK, variants([variantId]), customer(newId('usr')))
  expect(data._entities).toEqual([{ availability: { status: 'LOW_STOCK' }, stockLevels: null }])
  expect(errors.map(({ extensions, path }) => [extensions?.code, path])).toEqual([
    ['FORBIDDEN', ['_entities', 0, 'stockLevels']],
  ])
  const list = await room.execute('{ warehouses { code } lowStockAlerts { edges { cursor } } }')
  expect(list.data).toEqual({ warehouses: null, lowStockAlerts: null })
  const of = [
    { __typename: 'Warehouse', id: leipzig },
    { __typename: 'StockLevel', id: levelIds[0] },
  ]
  const asked = `query ($of: [_Any!]!) { _entities(representations: $of) {
    ... on Warehouse { code } ... on StockLevel { onHand variant { id } } } }`
  expect((await room.execute(asked, { of })).errors).not.toEqual([])
  expect((await room.execute(asked, { of }, keeper)).data._entities).toEqual([
    { code: 'LEI-1' },
    { onHand: 1, variant: { id: variantId } },
  ])
})

test('fifty variants cost one statement, with levels, warehouses and ledgers four', async () => {
  const ids: string[] = []
  for (let i = 0; i < 50; i++) {
    const { variantId } = await room.addVariant(
      { warehouseId: leipzig, onHand: i },
      { warehouseId: porto, onHand: 1 },
    )
    ids.push(variantId)
  }
  const cost = (query: string, count: number) =>
    room.sqlCount(() => room.execute(query, variants(ids.slice(0, count)), keeper))
  expect([await cost(AVAILABILITY, 1), await cost(AVAILABILITY, 50)]).toEqual([1, 1])
  expect([await cost(STOCK, 1), await cost(STOCK, 50)]).toEqual([4, 4])
  const { data } = await room.execute(STOCK, variants(ids.slice(7, 8)), keeper)
  expect(data._entities[0].stockLevels).toEqual([
    {
      onHand: 7,
      available: 7,
      warehouse: { code: 'LEI-1' },
      movements: { edges: [{ node: { kind: 'INITIAL', onHand: 7 } }] },
    },
    {
      onHand: 1,
      available: 1,
      warehouse: { code: 'OPO-1' },
      movements: { edges: [{ node: { kind: 'INITIAL', onHand: 1 } }] },
    },
  ])
})

test('a ledger is read page by page, the newest entry first', async () => {
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, onHand: 3 })
  const orders = [newId('ord'), newId('ord')]
  for (const orderId of orders) {
    await room.deliver('inventory.reserve', { orderId, lines: [{ variantId, quantity: 1 }] })
  }
  const query = `query ($id: ID!, $after: String) { stockLevel(id: $id) { variant { id }
    movements(first: 2, after: $after) { edges { node { kind onHandDelta reservedDelta onHand reserved at order { id } } } pageInfo { hasNextPage endCursor } }
  } }`
  const reader = staff('inventory:read', 'orders:read')
  const first = (await room.execute(query, { id: levelIds[0] }, reader)).data.stockLevel
  expect(first.variant).toEqual({ id: variantId })
  expect(first.movements.edges.map(({ node }: { node: unknown }) => node)).toEqual(
    orders.toReversed().map((id, index) => ({
      ...{ kind: 'RESERVED', onHandDelta: 0, reservedDelta: 1, onHand: 3, reserved: 2 - index },
      ...{ at: now.toISOString(), order: { id } },
    })),
  )
  const after = first.movements.pageInfo.endCursor
  const second = (await room.execute(query, { id: levelIds[0], after }, reader)).data.stockLevel.movements
  expect(second.edges).toMatchObject([{ node: { kind: 'INITIAL', order: null } }])
  expect(second.pageInfo.hasNextPage).toBe(false)
  // No reference to an order for those who may not read it.
  const { data } = await room.execute(query, { id: levelIds[0] }, staff('inventory:read'))
  expect(data.stockLevel.movements.edges).toMatchObject([
    { node: { order: null } },
    { node: { order: null } },
  ])
})

test('a customer sees the reservation of an own order only; staff see any; a rejected order has none', async () => {
  const { variantId } = await room.addVariant({ warehouseId: leipzig, onHand: 3 })
  const [mine, other, rejected] = [newId('ord'), newId('ord'), newId('ord')]
  const customerId = newId('usr')
  const lines = [{ variantId, quantity: 1 }]
  await room.deliver('inventory.reserve', { orderId: mine, customerId, ttlSeconds: 60, lines })
  await room.deliver('inventory.reserve', { orderId: other, customerId: newId('usr'), ttlSeconds: 60, lines })
  await room.deliver('inventory.reserve', {
    orderId: rejected,
    customerId,
    lines: [{ variantId, quantity: 9 }],
  })
  const of = [mine, other, rejected].map((id) => ({ __typename: 'Order', id }))

  const seen = async (viewer = keeper) => {
    const { data, errors } = await room.execute(RESERVATION, { of }, viewer)
    expect(errors).toEqual([])
    return data._entities.map(
      ({ reservation }: { reservation: { status: string } | null }) => reservation?.status,
    )
  }
  expect(await seen(customer(customerId))).toEqual(['HELD', undefined, undefined])
  expect(await seen(keeper)).toEqual(['HELD', 'HELD', undefined])
  const shown = await room.execute(RESERVATION, { of }, customer(customerId))
  const { id } = await room.prisma.reservation.findUniqueOrThrow({ where: { orderId: mine } })
  const expiresAt = new Date(now.getTime() + 60_000).toISOString()
  expect(shown.data._entities[0].reservation).toEqual({ id, status: 'HELD', expiresAt })
  // The stock changed at the reservation.
  const stock = await room.execute(AVAILABILITY, variants([variantId]))
  const availability = { status: 'LOW_STOCK', availableQuantity: 1, asOf: now.toISOString() }
  expect(stock.data._entities).toEqual([{ id: variantId, availability }])
  const nobody = await room.execute(RESERVATION, { of }, anonymous)
  expect(nobody.data._entities).toEqual(of.map(() => ({ reservation: null })))
  expect(nobody.errors.map(({ extensions }) => extensions?.code)).toEqual(of.map(() => 'UNAUTHENTICATED'))
  expect(await room.sqlCount(() => room.execute(RESERVATION, { of }, keeper))).toBe(1)
  await room.deliver('inventory.commit', { orderId: mine })
  await room.deliver('inventory.release', { orderId: other })
  expect(await seen(keeper)).toEqual(['COMMITTED', 'RELEASED', undefined])
})

test.each(['before', 'after'])(
  'a guest’s order that is claimed %s its stock is reserved shows its reservation to the customer',
  async (when) => {
    const { variantId } = await room.addVariant({ warehouseId: leipzig, onHand: 5 })
    const [orderId, other, customerId] = [newId('ord'), newId('ord'), newId('usr')]
    const claim = (by: string) =>
      room.deliver('orders.order.claimed', { orderId, number: 'A-1', customerId: by })
    const seen = async (id = orderId) => {
      const of = [{ __typename: 'Order', id }]
      const { data } = await room.execute(RESERVATION, { of }, customer(customerId))
      return data._entities[0].reservation?.status ?? null
    }
    const reserve = (id: string) =>
      room.deliver('inventory.reserve', { orderId: id, ttlSeconds: 60, lines: [{ variantId, quantity: 1 }] })
    if (when === 'before') for (const by of [customerId, newId('usr')]) await claim(by)
    for (const id of [orderId, other]) await reserve(id)
    if (when === 'after') {
      expect(await seen()).toBeNull()
      await claim(customerId)
    }
    expect(await seen()).toBe('HELD')
    // The first claim counts.
    await claim(newId('usr'))
    expect(await seen()).toBe('HELD')
    // The order of another guest is not claimed.
    expect(await seen(other)).toBeNull()
  },
)

test('guests’ orders that are claimed while their stock is reserved show their reservations to the customer', async () => {
  const { variantId } = await room.addVariant({ warehouseId: leipzig, onHand: 8 })
  const customerId = newId('usr')
  const orderIds = Array.from({ length: 8 }, () => newId('ord'))
  const deliveries = orderIds.flatMap((orderId) => [
    () => room.deliver('orders.order.claimed', { orderId, number: 'A-1', customerId }),
    () => room.deliver('inventory.reserve', { orderId, ttlSeconds: 60, lines: [{ variantId, quantity: 1 }] }),
  ])
  await room.atOnce(deliveries)
  const of = orderIds.map((id) => ({ __typename: 'Order', id }))
  const { data } = await room.execute(RESERVATION, { of }, customer(customerId))
  expect(data._entities).toMatchObject(of.map(() => ({ reservation: { status: 'HELD' } })))
})

test('the variants of a product are remembered, each with a level where new variants are stocked', async () => {
  const variantIds = [newId('var'), newId('var')]
  const porto = await room.addWarehouse('OPO-2')
  const data = { productId: newId('prd'), variants: variantIds.map((variantId) => ({ variantId })) }
  await room.deliver('products.product.changed', data, { sequence: 2 })
  await room.deliver(
    'products.product.changed',
    { ...data, variants: data.variants.slice(0, 1) },
    { sequence: 1 },
  )
  const result = await room.execute(AVAILABILITY, variants(variantIds), anonymous)
  expect(result.data._entities).toMatchObject(
    variantIds.map((id) => ({ id, availability: { status: 'OUT_OF_STOCK', availableQuantity: 0 } })),
  )
  const levels = await room.prisma.stockLevel.findMany({ where: { variantId: { in: variantIds } } })
  expect(
    levels.map(({ variantId, warehouseId, onHand }) => [variantId, warehouseId, onHand]).toSorted(),
  ).toEqual(
    variantIds.flatMap((id) => [leipzig, porto].map((warehouseId) => [id, warehouseId, 0])).toSorted(),
  )
  // A new variant of the product gets a level in a new warehouse; those before do not.
  const faro = await room.addWarehouse('FAO-1')
  const variantId = newId('var')
  const more = [...data.variants, { variantId }]
  await room.deliver('products.product.changed', { ...data, variants: more }, { sequence: 3 })
  const inFaro = await room.prisma.stockLevel.findMany({ where: { warehouseId: faro } })
  expect(inFaro.map((level) => level.variantId)).toEqual([variantId])
})

test('without arguments, or with null, 50 alerts and 20 movements are listed', async () => {
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, onHand: 9, reorderPoint: 8 })
  await room.deliver('inventory.reserve', { orderId: newId('ord'), lines: [{ variantId, quantity: 1 }] })
  const copies = (table: string, changed: string) =>
    room.prisma.$executeRawUnsafe(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(r, ${changed})).*
         FROM ${table} r, generate_series(1, 60) AS n WHERE r.stock_level_id = $1 ORDER BY r.id LIMIT 60`,
      levelIds[0],
    )
  await copies(
    'low_stock_alert',
    `jsonb_build_object('id', 'alr_' || gen_random_uuid(), 'resolved_at', now())`,
  )
  await copies('stock_movement', `jsonb_build_object('id', 1000000 + n)`)
  for (const args of ['', '(first: null, after: null)']) {
    const query = `query ($id: ID!) { lowStockAlerts${args} { edges { cursor } }
      stockLevel(id: $id) { movements${args} { edges { cursor } } } }`
    const { data, errors } = await room.execute(query, { id: levelIds[0] }, keeper)
    expect(errors).toEqual([])
    const { lowStockAlerts, stockLevel } = data
    expect([lowStockAlerts, stockLevel.movements].map(({ edges }) => edges.length)).toEqual([50, 20])
  }
  // The copies are no changes of stock.
  await room.prisma.$executeRaw`DELETE FROM stock_movement WHERE id > 1000000`
})
