import { newId } from '@argyle/kit/ids'
import { withCopies } from '@argyle/kit/testing/copies'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inventory } from './subgraph.ts'
import { keeper, openInventory, type Stockroom } from './testing/open-inventory.ts'
import { type MutationName, mutations } from './testing/operations.ts'
import { violations } from './testing/violations.ts'

const copies = withCopies(inventory, ['orders'])
let room: Stockroom
let leipzig: string
let now = new Date('2026-11-21T09:00:00Z')

beforeAll(async () => {
  room = await openInventory({ clock: () => now }, copies.definition)
  leipzig = await room.addWarehouse('LEI-1')
})
afterAll(async () => {
  expect(await violations(room.prisma)).toEqual([])
  await room.close()
})

async function mutate(name: MutationName, input: object, viewer = keeper) {
  const { data, errors } = await room.execute(mutations[name], { input }, viewer)
  expect(errors).toEqual([])
  return data[name]
}

async function stocked(beginning: { onHand: number; reorderPoint?: number; incoming?: number }) {
  const { variantId, levelIds } = await room.addVariant({ warehouseId: leipzig, ...beginning })
  return { variantId, stockLevelId: levelIds[0] ?? '' }
}

const key = () => ({ idempotencyKey: newId('evt') })

function reserve(variantId: string, quantity: number) {
  const orderId = newId('ord')
  return room.deliver('inventory.reserve', { orderId, lines: [{ variantId, quantity }] })
}

test('a delivery adds units on hand, and its ledger entry names the actor', async () => {
  const { stockLevelId } = await stocked({ onHand: 3, incoming: 10 })
  const input = { idempotencyKey: newId('evt'), stockLevelId, delta: 8, reason: 'RECEIVED' }
  expect(await mutate('adjustStock', input)).toEqual({
    stockLevel: {
      id: stockLevelId,
      onHand: 11,
      reserved: 0,
      available: 11,
      incoming: 2,
      reorderPoint: 0,
      version: 2,
    },
    userErrors: [],
  })
  const [, entry] = await room.prisma.stockMovement.findMany({
    where: { stockLevelId },
    orderBy: { id: 'asc' },
  })
  expect(entry).toMatchObject({ kind: 'RECEIVED', onHandDelta: 8, actorId: expect.stringMatching(/^usr_/) })
})

test('of the levels of a variant the one that is named changes', async () => {
  const beginnings = [leipzig, await room.addWarehouse('POZ-1')].map((warehouseId) => ({
    warehouseId,
    onHand: 3,
  }))
  const { levelIds } = await room.addVariant(...beginnings)
  const stockLevelId = levelIds[1] ?? ''
  await mutate('adjustStock', { ...key(), stockLevelId, delta: 4, reason: 'RECEIVED' })
  await mutate('setIncomingStock', { stockLevelId, expectedVersion: 2, incoming: 6 })
  await mutate('setReorderPoint', { stockLevelId, expectedVersion: 3, reorderPoint: 1 })
  const levels = await Promise.all(levelIds.map((id) => room.level(id)))
  expect(levels).toMatchObject([
    { onHand: 3, incoming: 0, reorderPoint: 0, version: 1 },
    { onHand: 7, incoming: 6, reorderPoint: 1, version: 4 },
  ])
})

test('the same key again gives the first answer, with another input it is refused, of another person it is another', async () => {
  const { stockLevelId } = await stocked({ onHand: 3 })
  const input = { idempotencyKey: 'monday', stockLevelId, delta: 2, reason: 'RECEIVED' }
  await mutate('adjustStock', input)
  expect((await mutate('adjustStock', input)).stockLevel).toMatchObject({ onHand: 5, version: 2 })
  expect(await mutate('adjustStock', { ...input, delta: 3 })).toMatchObject({
    stockLevel: null,
    userErrors: [{ __typename: 'IdempotencyKeyReusedError', path: ['idempotencyKey'] }],
  })
  const colleague = await mutate('adjustStock', input, staff('inventory:read', 'inventory:write'))
  expect(colleague.stockLevel).toMatchObject({ onHand: 7 })
})

test('a change of the availability waits for the copy of orders; other changes do not wait', async () => {
  const { stockLevelId } = await stocked({ onHand: 1 })
  const received = { stockLevelId, delta: 2, reason: 'RECEIVED' }
  for (let times = 0; times < 2; times++)
    expect(await copies.waits(() => mutate('adjustStock', { ...key(), ...received }))).toBe(1)
  const incoming = { stockLevelId, expectedVersion: 3, incoming: 9 }
  expect(await copies.waits(() => mutate('setIncomingStock', incoming))).toBe(0)
  // The level is low from now on, which is published too.
  const low = { stockLevelId, expectedVersion: 4, reorderPoint: 5 }
  expect(await copies.waits(() => mutate('setReorderPoint', low))).toBe(0)
  expect(await room.said(stockLevelId)).toEqual(['inventory.stock.low'])
})

test('ten deliveries with one key at the same time count once', async () => {
  const { stockLevelId } = await stocked({ onHand: 0 })
  const input = { idempotencyKey: newId('evt'), stockLevelId, delta: 4, reason: 'RECEIVED' }
  const answers = await room.manyAtOnce(10, () => mutate('adjustStock', input))
  for (const { stockLevel } of answers) expect(stockLevel).toMatchObject({ onHand: 4, version: 2 })
})

test('of two counts that began from the same number one wins, and the other learns the version', async () => {
  const { stockLevelId } = await stocked({ onHand: 10 })
  const count = (delta: number) => ({
    idempotencyKey: newId('evt'),
    stockLevelId,
    delta,
    reason: 'COUNT_CORRECTION',
    changeFromOnHand: 10,
  })
  const answers = await room.atOnce([-1, -2].map((delta) => () => mutate('adjustStock', count(delta))))
  expect(answers.filter(({ stockLevel }) => stockLevel !== null)).toHaveLength(1)
  expect(answers.flatMap(({ userErrors }) => userErrors)).toMatchObject([
    { __typename: 'VersionConflictError', currentVersion: 2, path: ['changeFromOnHand'] },
  ])
})

test('promised units cannot be written off, and the refused key may be used again', async () => {
  const { variantId, stockLevelId } = await stocked({ onHand: 5 })
  await reserve(variantId, 4)
  const input = { idempotencyKey: newId('evt'), stockLevelId, delta: -2, reason: 'DAMAGED' }
  expect((await mutate('adjustStock', input)).userErrors).toMatchObject([
    { __typename: 'InsufficientStockError', availableQuantity: 1, path: ['delta'] },
  ])
  await mutate('adjustStock', { ...input, idempotencyKey: newId('evt'), delta: 1, reason: 'RETURNED' })
  expect((await mutate('adjustStock', input)).stockLevel).toMatchObject({ onHand: 4, available: 0 })
})

test('settings change at the version that was read, and say which it is now', async () => {
  const { variantId, stockLevelId } = await stocked({ onHand: 0 })
  const read = { stockLevelId, expectedVersion: 1 }
  const incoming = await mutate('setIncomingStock', { ...read, incoming: 40 })
  expect(incoming.stockLevel).toMatchObject({ incoming: 40, version: 2 })
  const conflict = { __typename: 'VersionConflictError', currentVersion: 2, path: ['expectedVersion'] }
  for (const [name, setting] of [
    ['setReorderPoint', { reorderPoint: 5 }],
    ['setIncomingStock', { incoming: 41 }],
  ] as const)
    expect((await mutate(name, { ...read, ...setting })).userErrors).toMatchObject([conflict])
  const set = await mutate('setReorderPoint', { ...read, expectedVersion: 2, reorderPoint: 5 })
  expect(set.stockLevel).toMatchObject({ reorderPoint: 5, version: 3 })
  const variant = await room.prisma.variant.findUniqueOrThrow({ where: { id: variantId } })
  expect(variant).toMatchObject({ availabilityStatus: 'BACKORDER', availableAsOf: now })
})

test('a new warehouse can hold a variant once', async () => {
  const { variantId } = await stocked({ onHand: 1 })
  const asked = { idempotencyKey: newId('evt'), code: 'GDN-1', name: ' Gdansk ' }
  const { warehouse } = await mutate('createWarehouse', asked)
  expect(warehouse).toEqual({ id: warehouse.id, code: 'GDN-1', name: 'Gdansk', stocksNewVariants: true })
  expect((await mutate('createWarehouse', asked)).warehouse).toEqual(warehouse)
  const input = { idempotencyKey: newId('evt'), variantId, warehouseId: warehouse.id, reorderPoint: 3 }
  const created = await mutate('createStockLevel', input)
  expect(created.stockLevel).toMatchObject({ onHand: 0, reserved: 0, reorderPoint: 3, version: 1 })
  expect((await mutate('createStockLevel', input)).stockLevel).toEqual(created.stockLevel)
  const other = { ...key(), code: 'GDN-2', name: 'Gdansk', stocksNewVariants: false }
  expect((await mutate('createWarehouse', other)).warehouse).toMatchObject({ stocksNewVariants: false })
  const again = await mutate('createStockLevel', { ...input, idempotencyKey: newId('evt') })
  const message = `warehouseId is "${warehouse.id}": allowed is a warehouse that does not hold the variant yet`
  expect(again.userErrors).toEqual([{ __typename: 'ValidationError', message, path: ['warehouseId'] }])
  const taken = await mutate('createWarehouse', { ...asked, ...key() })
  const refusal = 'code is "GDN-1": allowed is one that no other warehouse has'
  expect(taken.userErrors).toEqual([{ __typename: 'ValidationError', message: refusal, path: ['code'] }])
})

const ALERTS = `query ($state: LowStockAlertState, $first: Int, $after: String) {
  lowStockAlerts(state: $state, first: $first, after: $after) {
    edges { node { id state availableQuantity reorderPoint raisedAt resolvedAt stockLevel { id } variant { id } } }
    pageInfo { hasNextPage endCursor }
  }
}`

async function alertsOf(stockLevelId: string, state?: string) {
  const { data, errors } = await room.execute(ALERTS, { state, first: 100 }, keeper)
  expect(errors).toEqual([])
  return data.lowStockAlerts.edges
    .map(({ node }: { node: { stockLevel: { id: string } } }) => node)
    .filter((node: { stockLevel: { id: string } }) => node.stockLevel.id === stockLevelId)
}

test('an alert is raised once for each fall, seen by staff, and over when stock rises', async () => {
  const { variantId, stockLevelId } = await stocked({ onHand: 4, reorderPoint: 2 })
  const adjust = (delta: number, reason: string) =>
    mutate('adjustStock', { idempotencyKey: newId('evt'), stockLevelId, delta, reason })

  await reserve(variantId, 1)
  expect(await alertsOf(stockLevelId)).toEqual([])
  await reserve(variantId, 2)
  await adjust(-1, 'DAMAGED')
  const [alert, ...others] = await alertsOf(stockLevelId, 'OPEN')
  expect(others).toEqual([])
  expect(alert).toMatchObject({
    ...{ state: 'OPEN', availableQuantity: 1, reorderPoint: 2, raisedAt: now.toISOString() },
    variant: { id: variantId },
  })

  const seen = await mutate('acknowledgeLowStockAlert', { alertId: alert.id })
  expect(seen).toMatchObject({ alert: { state: 'ACKNOWLEDGED', acknowledgedAt: '2026-11-21T09:00:00.000Z' } })
  expect(await mutate('acknowledgeLowStockAlert', { alertId: alert.id })).toEqual(seen)

  await adjust(10, 'RECEIVED')
  expect(await alertsOf(stockLevelId)).toMatchObject([{ id: alert.id, state: 'RESOLVED' }])
  await adjust(-9, 'DAMAGED')
  expect(await alertsOf(stockLevelId, 'OPEN')).toHaveLength(1)
  const lows = (await room.outbox()).filter(({ subject }) => subject === stockLevelId)
  expect(lows.map(({ type }) => type)).toEqual(['inventory.stock.low', 'inventory.stock.low'])
  const { version } = await room.level(stockLevelId)
  expect(lows.at(-1)).toMatchObject({
    sequence: version,
    data: { alertId: expect.not.stringContaining(alert.id), variantId, available: 1, reorderPoint: 2 },
  })
})

test('alerts are listed by their state, and an alert that is over keeps its time when stock rises again', async () => {
  const start = now
  const { variantId, stockLevelId } = await stocked({ onHand: 4, reorderPoint: 2 })
  const states = async () => {
    const lists = ['OPEN', 'ACKNOWLEDGED', 'RESOLVED'].map((state) => alertsOf(stockLevelId, state))
    return (await Promise.all(lists)).map((list) => list.map(({ id }: { id: string }) => id))
  }
  const move = async (delta: number) => {
    now = new Date(now.getTime() + 60_000)
    const reason = delta < 0 ? 'DAMAGED' : 'RECEIVED'
    await mutate('adjustStock', { idempotencyKey: newId('evt'), stockLevelId, delta, reason })
  }
  try {
    await reserve(variantId, 2)
    const [{ id: first }] = await alertsOf(stockLevelId)
    expect(await states()).toEqual([[first], [], []])
    await mutate('acknowledgeLowStockAlert', { alertId: first })
    expect(await states()).toEqual([[], [first], []])
    await move(10)
    const [{ resolvedAt }] = await alertsOf(stockLevelId)
    expect(resolvedAt).toBe(now.toISOString())
    await move(-10)
    const [{ id: second }] = await alertsOf(stockLevelId, 'OPEN')
    await move(10)
    expect(await states()).toEqual([[], [], [second, first]])
    const [, before] = await alertsOf(stockLevelId)
    expect(before).toMatchObject({ id: first, resolvedAt })
    const seen = await mutate('acknowledgeLowStockAlert', { alertId: second })
    expect(seen.alert).toMatchObject({ state: 'RESOLVED', acknowledgedAt: now.toISOString() })
  } finally {
    now = start
  }
})

test('stock that swings about its reorder point raises one alert', async () => {
  const { variantId, stockLevelId } = await stocked({ onHand: 4, reorderPoint: 2 })
  for (let times = 0; times < 5; times++) {
    const orderId = newId('ord')
    await room.deliver('inventory.reserve', { orderId, lines: [{ variantId, quantity: 3 }] })
    await room.deliver('inventory.release', { orderId })
  }
  expect(await room.said(stockLevelId)).toEqual(['inventory.stock.low'])
  expect(await alertsOf(stockLevelId)).toMatchObject([{ state: 'OPEN' }])
})

test('an order raises an alert for each level that it lowers; its release ends all of them', async () => {
  const beginning = { onHand: 10, reorderPoint: 2 }
  const stocks = [await stocked(beginning), await stocked(beginning)]
  const states = async () => {
    const lists = await Promise.all(stocks.map(({ stockLevelId }) => alertsOf(stockLevelId)))
    return lists.map((alerts) => alerts.map(({ state }: { state: string }) => state))
  }
  const orderId = newId('ord')
  const low = await stocked(beginning)
  await reserve(low.variantId, 9)
  const lines = stocks.map(({ variantId }) => ({ variantId, quantity: 9 }))
  await room.deliver('inventory.reserve', { orderId, lines })
  expect(await states()).toEqual([['OPEN'], ['OPEN']])
  for (const { stockLevelId } of stocks)
    expect(await room.said(stockLevelId)).toEqual(['inventory.stock.low'])
  await room.deliver('inventory.release', { orderId })
  expect(await states()).toEqual([['RESOLVED'], ['RESOLVED']])
  // The alert of another order's level is still open.
  expect(await alertsOf(low.stockLevelId)).toMatchObject([{ state: 'OPEN' }])
})

const AUDIT = `query ($subjectId: ID, $first: Int, $after: String) {
  inventoryAudit(subjectId: $subjectId, first: $first, after: $after) {
    edges { cursor node { id at actorId action subjectId before after } } pageInfo { hasNextPage }
  }
}`

test('each change by staff is kept, with who, when, what it was and what it became', async () => {
  const { stockLevelId } = await stocked({ onHand: 3 })
  const clerk = staff('inventory:read', 'inventory:write')
  const input = { idempotencyKey: 'counted', stockLevelId, delta: 2, reason: 'RECEIVED' }
  await mutate('adjustStock', input, clerk)
  await mutate('adjustStock', input, clerk)
  await mutate('adjustStock', { ...input, idempotencyKey: 'too many', delta: -9, reason: 'DAMAGED' }, clerk)
  const set = { stockLevelId, expectedVersion: 2, reorderPoint: 5 }
  await mutate('setReorderPoint', set, clerk)
  const asked = { subjectId: stockLevelId }
  const { data } = await room.execute(AUDIT, asked, staff('audit:read'))
  const entries: { action: string; actorId: string; before: string; after: string; at: string }[] =
    data.inventoryAudit.edges.map(({ node }: { node: object }) => node)
  expect(entries.map(({ action }) => action)).toEqual(['setReorderPoint', 'adjustStock'])
  const [, counted] = entries
  expect(counted).toMatchObject({ actorId: clerk.kind === 'user' && clerk.id, at: now.toISOString() })
  expect(JSON.parse(counted?.before ?? '')).toMatchObject({ onHand: 3 })
  expect(JSON.parse(counted?.after ?? '')).toMatchObject({ onHand: 5 })
  const refused = await room.execute(AUDIT, asked, keeper)
  expect(refused.errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN'])
})

test('who saw an alert first, and when, stays written', async () => {
  const { variantId } = await stocked({ onHand: 1, reorderPoint: 0 })
  await reserve(variantId, 1)
  const { id } = await room.prisma.lowStockAlert.findFirstOrThrow({ orderBy: { id: 'desc' } })
  const [first, second] = [
    staff('inventory:read', 'inventory:write'),
    staff('inventory:read', 'inventory:write'),
  ]
  const before = now
  try {
    const seen = await mutate('acknowledgeLowStockAlert', { alertId: id }, first)
    now = new Date(before.getTime() + 60_000)
    expect(await mutate('acknowledgeLowStockAlert', { alertId: id }, second)).toEqual(seen)
  } finally {
    now = before
  }
  const kept = await room.prisma.lowStockAlert.findUniqueOrThrow({ where: { id } })
  expect(kept).toMatchObject({ acknowledgedAt: before, acknowledgedBy: first.kind === 'user' && first.id })
  expect(await room.prisma.auditEntry.count({ where: { subjectId: id } })).toBe(1)
})

test.each([null, 'OPEN'])('alerts of state %s come in pages, the newest first, each once', async (state) => {
  for (let i = 0; i < 5; i++) {
    const { variantId } = await stocked({ onHand: 1, reorderPoint: 0 })
    await reserve(variantId, 1)
  }
  const ids: string[] = []
  let after: string | null = null
  for (let more = true; more; ) {
    const { data } = await room.execute(ALERTS, { state, first: 2, after }, keeper)
    const { edges, pageInfo } = data.lowStockAlerts
    ids.push(...edges.map(({ node }: { node: { id: string } }) => node.id))
    expect(new Set(ids).size).toBe(ids.length)
    more = pageInfo.hasNextPage
    after = pageInfo.endCursor
  }
  expect(ids).toEqual([...new Set(ids)].sort().reverse())
  const where = state ? { resolvedAt: null, acknowledgedAt: null } : {}
  expect(ids).toHaveLength(await room.prisma.lowStockAlert.count({ where }))
})
