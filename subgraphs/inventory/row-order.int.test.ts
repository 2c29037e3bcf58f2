import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { expectPages } from '@argyle/kit/testing/past-events'
import { reverseRows, sequentialDatabase } from '@argyle/kit/testing/row-order'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expireDue } from './expiry.ts'
import { history } from './history.ts'
import { keeper, openInventory, type Stockroom } from './testing/open-inventory.ts'

// Each order is tested with rows that are stored in another one, and again after their order was reversed.

let room: Stockroom
let now = new Date('2026-11-21T09:00:00Z')
let database: Awaited<ReturnType<typeof sequentialDatabase>>
let variantId: string
let levelId: string
beforeAll(async () => {
  database = await sequentialDatabase('inventory')
  room = await openInventory({ database, clock: () => now })
  const warehouseIds = new Map<string, string>()
  for (const code of ['LEI-1', 'GDN-1', 'OPO-1']) warehouseIds.set(code, await room.addWarehouse(code))
  await room.prisma.warehouse.update({ where: { code: 'GDN-1' }, data: { name: 'Zaspa' } })
  const beginnings = ['GDN-1', 'OPO-1', 'LEI-1'].map((code) => {
    return { warehouseId: warehouseIds.get(code) ?? '', onHand: 10, reorderPoint: 5 }
  })
  const stocked = await room.addVariant(...beginnings)
  variantId = stocked.variantId
  levelId = stocked.levelIds[0] ?? ''
})
afterAll(() => room.close())
expectEarlierRowsKept(() => room, ['stock_level ('])

const reserve = (orderId: string, lines: object[], ttlSeconds = 900) =>
  room.deliver('inventory.reserve', { orderId, ttlSeconds, lines })

const adjust = (stockLevelId: string, delta: number) =>
  room.own.stockLevels.adjust('usr_keeper', {
    ...{ idempotencyKey: newId('evt'), stockLevelId, delta },
    reason: delta > 0 ? 'RECEIVED' : 'DAMAGED',
  })

describe.each(['stored', 'reversed'])('rows as %s', (order) => {
  beforeEach(async () => {
    if (order === 'reversed') await reverseRows(database)
  })

  test('warehouses, and the levels of a variant, are listed by code', async () => {
    const of = [{ __typename: 'ProductVariant', id: variantId }]
    const query = `query ($of: [_Any!]!) { warehouses { code }
      _entities(representations: $of) { ... on ProductVariant { stockLevels { warehouse { code } } } } }`
    const { data, errors } = await room.execute(query, { of }, keeper)
    expect(errors).toEqual([])
    const byCode = ['GDN-1', 'LEI-1', 'OPO-1'].map((code) => ({ code }))
    expect(data.warehouses).toEqual(byCode)
    expect(data._entities[0].stockLevels).toEqual(byCode.map((warehouse) => ({ warehouse })))
  })

  test('movements and alerts are listed from the newest on', async () => {
    for (const delta of [1, -7, 9, -9]) await adjust(levelId, delta)
    if (order === 'reversed') await reverseRows(database)
    const query = `query ($id: ID!) { stockLevel(id: $id) { movements(first: 3) { edges { node { onHandDelta } } } }
      lowStockAlerts(first: 2) { edges { node { id } } } }`
    const { data } = await room.execute(query, { id: levelId }, keeper)
    const deltas = data.stockLevel.movements.edges.map(
      ({ node }: { node: { onHandDelta: number } }) => node.onHandDelta,
    )
    expect(deltas).toEqual([-9, 9, -7])
    const alerts = await room.prisma.lowStockAlert.findMany()
    const newest = alerts
      .map(({ id }) => id)
      .toSorted()
      .toReversed()
    expect(data.lowStockAlerts.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(
      newest.slice(0, 2),
    )
    await adjust(levelId, 20)
  })

  test('a change of stock does not wait for that of another variant', async () => {
    const { id: warehouseId } = await room.prisma.warehouse.findFirstOrThrow()
    const { levelIds } = await room.addVariant({ warehouseId, onHand: 1 })
    const lock = 'SELECT 1 FROM stock_level WHERE id = $1 FOR UPDATE'
    const work = () => adjust(levelIds[0] ?? '', 1)
    expect((await room.whileLocked(lock, [levelId], work)).ok).toBe(true)
  })

  test('a committed order names its units by the code of the warehouse, then by variant', async () => {
    const both = await room.prisma.warehouse.findMany({ where: { code: { in: ['OPO-1', 'GDN-1'] } } })
    const beginnings = both.map(({ id: warehouseId }) => ({ warehouseId, onHand: 2 }))
    const [first, second] = [await room.addVariant(...beginnings), await room.addVariant(...beginnings)]
    const orderId = newId('ord')
    const variantIds = [second.variantId, first.variantId]
    await reserve(
      orderId,
      variantIds.map((id) => ({ variantId: id, quantity: 4 })),
    )
    if (order === 'reversed') await reverseRows(database)
    await room.deliver('inventory.commit', { orderId })
    const committed = (await room.outbox()).filter(({ subject }) => subject === orderId).at(-1)
    expect(committed).toMatchObject({
      type: 'inventory.stock.committed',
      data: {
        allocations: ['GDN-1', 'OPO-1'].flatMap((warehouseCode) =>
          [first, second].map(({ variantId: id }) => ({ warehouseCode, variantId: id, quantity: 2 })),
        ),
      },
    })
  })

  test('the history: availabilities by variant, counts of stock by quarter, page by page, and since a time', async () => {
    const { id: warehouseId } = await room.prisma.warehouse.findFirstOrThrow()
    for (const onHand of [3, 2, 1]) await room.addVariant({ warehouseId, onHand })
    const quarters = [3, 1, 2].map((hour) => new Date(Date.UTC(2026, 0, 1, hour)))
    await room.prisma.stockQuarter.createMany({
      data: quarters.map((quarter) => ({ quarter, onHandDelta: 1, movements: 1 })),
      skipDuplicates: true,
    })
    if (order === 'reversed') await reverseRows(database)
    await expectPages(history.slice(0, 1), room.own, 'search')
    await expectPages(history.slice(1), room.own, 'analytics')
  })

  test('reservations expire in the order of their times', async () => {
    const { variantId: id } = await room.addVariant({
      warehouseId: (await room.prisma.warehouse.findFirstOrThrow()).id,
      onHand: 9,
    })
    const orderIds = new Map<number, string>()
    for (const ttlSeconds of [20, 30, 10]) {
      orderIds.set(ttlSeconds, newId('ord'))
      await reserve(orderIds.get(ttlSeconds) ?? '', [{ variantId: id, quantity: 1 }], ttlSeconds)
    }
    if (order === 'reversed') await reverseRows(database)
    now = new Date(now.getTime() + 60_000)
    await expireDue({ prisma: room.prisma, clock: () => now })
    const expired = (await room.outbox()).filter(({ type, subject }) => {
      return type === 'inventory.reservation.expired' && [...orderIds.values()].includes(subject)
    })
    expect(expired.map(({ subject }) => subject)).toEqual([10, 20, 30].map((ttl) => orderIds.get(ttl)))
  })
})
