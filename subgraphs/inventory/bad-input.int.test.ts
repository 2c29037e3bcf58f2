import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keeper, openInventory, type Stockroom } from './testing/open-inventory.ts'
import { type MutationName, mutations } from './testing/operations.ts'

let room: Stockroom
let variantId: string
let levelId: string
let warehouseId: string
let alertId: string
/** A valid input of each mutation. */
let good: Record<MutationName, Record<string, unknown>>

beforeAll(async () => {
  room = await openInventory()
  warehouseId = await room.addWarehouse('LEI-1')
  const stocked = await room.addVariant({ warehouseId, onHand: 10, reorderPoint: 9 })
  variantId = stocked.variantId
  levelId = stocked.levelIds[0] ?? ''
  alertId = newId('alr')
  await room.prisma.lowStockAlert.create({
    data: { id: alertId, stockLevelId: levelId, availableQuantity: 9, reorderPoint: 9, raisedAt: new Date() },
  })
  const porto = await room.addWarehouse('OPO-1', false)
  good = {
    createWarehouse: { idempotencyKey: 'w', code: 'GDN-1', name: 'Gdansk', stocksNewVariants: true },
    createStockLevel: { idempotencyKey: 'l', variantId, warehouseId: porto, reorderPoint: 3 },
    adjustStock: { idempotencyKey: 'a', stockLevelId: levelId, delta: 1, reason: 'RECEIVED' },
    setIncomingStock: { stockLevelId: levelId, expectedVersion: 1, incoming: 5 },
    setReorderPoint: { stockLevelId: levelId, expectedVersion: 1, reorderPoint: 5 },
    acknowledgeLowStockAlert: { alertId },
  }
})
afterAll(() => room.close())
expectEarlierRowsKept(() => room)

/** All rows that a mutation may change, as JSON. */
async function everything() {
  const { prisma } = room
  return JSON.stringify(
    await Promise.all([
      prisma.warehouse.findMany({ orderBy: { id: 'asc' } }),
      prisma.variant.findMany({ orderBy: { id: 'asc' } }),
      prisma.stockLevel.findMany({ orderBy: { id: 'asc' } }),
      prisma.stockMovement.count(),
      prisma.lowStockAlert.findMany({ orderBy: { id: 'asc' } }),
      prisma.idempotencyRecord.findMany({ orderBy: { key: 'asc' } }),
      prisma.outboxMessage.count(),
    ]),
  )
}

const TOO_LONG = 'x'.repeat(300)
const UNKNOWN = '019ae6f2-0000-7000-8000-000000000000'

/** Invalid values, with the text by which the error must repeat them. */
type Refusal = [mutation: MutationName, field: string, echoed: string, value: unknown]

const keyFaults = (mutation: MutationName): Refusal[] => [
  [mutation, 'idempotencyKey', '""', ''],
  [mutation, 'idempotencyKey', '""', '   '],
  [mutation, 'idempotencyKey', 'xxx…', TOO_LONG],
  [mutation, 'idempotencyKey', 'a\\u0000b', 'a\u0000b'],
]
const idFaults = (mutation: MutationName, field: string, prefix: string): Refusal[] => [
  [mutation, field, '""', ''],
  [mutation, field, 'xxx…', TOO_LONG],
  [mutation, field, `"${prefix}_1"`, `${prefix}_1`],
  [mutation, field, `"${prefix}_\\u0000"`, `${prefix}_\u0000`],
  [mutation, field, `"usr_${UNKNOWN}"`, `usr_${UNKNOWN}`],
  [mutation, field, `"${prefix}_${UNKNOWN}"`, `${prefix}_${UNKNOWN}`],
]
const unitFaults = (mutation: MutationName, field: string): Refusal[] => [
  [mutation, field, '-1', -1],
  [mutation, field, '2147483647', 2_147_483_647],
]

test.each<Refusal>([
  ...keyFaults('createWarehouse'),
  ['createWarehouse', 'code', '""', ''],
  ['createWarehouse', 'code', '"lei"', 'lei'],
  ['createWarehouse', 'code', 'LEI-1\\n', 'LEI-1\n'],
  ['createWarehouse', 'code', '"LEI-1"', 'LEI-1'],
  ['createWarehouse', 'code', 'xxx…', TOO_LONG],
  ['createWarehouse', 'name', '""', ''],
  ['createWarehouse', 'name', 'a\\u0000b', 'a\u0000b'],
  ['createWarehouse', 'name', 'xxx…', TOO_LONG],
  ...keyFaults('createStockLevel'),
  ...idFaults('createStockLevel', 'variantId', 'var'),
  ...idFaults('createStockLevel', 'warehouseId', 'whs'),
  ...unitFaults('createStockLevel', 'reorderPoint'),
  ...keyFaults('adjustStock'),
  ...idFaults('adjustStock', 'stockLevelId', 'stk'),
  ['adjustStock', 'delta', '0', 0],
  ['adjustStock', 'delta', '-1', -1],
  ['adjustStock', 'delta', '2147483647', 2_147_483_647],
  ['adjustStock', 'delta', '-2147483648', -2_147_483_648],
  ['adjustStock', 'delta', '1000000000', 1_000_000_000],
  ['adjustStock', 'changeFromOnHand', '-1', -1],
  ...idFaults('setIncomingStock', 'stockLevelId', 'stk'),
  ...unitFaults('setIncomingStock', 'incoming'),
  ['setIncomingStock', 'expectedVersion', '0', 0],
  ['setIncomingStock', 'expectedVersion', '-1', -1],
  ...idFaults('setReorderPoint', 'stockLevelId', 'stk'),
  ...unitFaults('setReorderPoint', 'reorderPoint'),
  ['setReorderPoint', 'expectedVersion', '0', 0],
  ...idFaults('acknowledgeLowStockAlert', 'alertId', 'alr'),
])('%s refuses a %s of %s and changes nothing', async (name, field, echoed, value) => {
  const before = await everything()
  const { data, errors } = await room.execute(
    mutations[name],
    { input: { ...good[name], [field]: value } },
    keeper,
  )
  expect(errors).toEqual([])
  const { userErrors, ...rest } = data[name]
  expect(Object.values(rest)).toEqual([null])
  expect(userErrors).toMatchObject([{ __typename: 'ValidationError', path: [field] }])
  expect(userErrors[0].message).toContain(echoed)
  expect(await everything()).toBe(before)
})

test.each<[MutationName, string, unknown]>([
  ['createWarehouse', 'stocksNewVariants', 'yes'],
  ['createWarehouse', 'code', null],
  ['createWarehouse', 'name', 7],
  ['createStockLevel', 'reorderPoint', 2_147_483_648],
  ['createStockLevel', 'variantId', null],
  ['adjustStock', 'delta', 2_147_483_648],
  ['adjustStock', 'delta', 0.5],
  ['adjustStock', 'delta', '1'],
  ['adjustStock', 'delta', undefined],
  ['adjustStock', 'reason', 'STOLEN'],
  ['adjustStock', 'idempotencyKey', undefined],
  ['adjustStock', 'changeFromOnHand', 2_147_483_648],
  ['setIncomingStock', 'incoming', 2_147_483_648],
  ['setIncomingStock', 'expectedVersion', null],
  ['setReorderPoint', 'reorderPoint', true],
  ['setReorderPoint', 'stockLevelId', []],
  ['acknowledgeLowStockAlert', 'alertId', {}],
  ['acknowledgeLowStockAlert', 'alertId', undefined],
])('%s with a %s of %j is bad user input', async (name, field, value) => {
  const before = await everything()
  const { errors } = await room.execute(mutations[name], { input: { ...good[name], [field]: value } }, keeper)
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT'])
  if (value != null) expect(errors[0]?.message).toContain(typeof value === 'object' ? field : String(value))
  expect(await everything()).toBe(before)
})

test.each<MutationName>([
  'createWarehouse',
  'createStockLevel',
  'adjustStock',
  'setIncomingStock',
  'setReorderPoint',
  'acknowledgeLowStockAlert',
])('%s is for staff who may change stock', async (name) => {
  const before = await everything()
  const asked = { input: good[name] }
  const refused = await room.execute(mutations[name], asked, customer(newId('usr')))
  expect(refused.data).toEqual({ [name]: null })
  expect(refused.errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN'])
  const unknown = await room.execute(mutations[name], asked)
  expect(unknown.errors.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED'])
  expect(await everything()).toBe(before)
})

test('a level takes 0 units and a billion, and a count that began from 0', async () => {
  const { levelIds } = await room.addVariant({ warehouseId, onHand: 0, incoming: 3 })
  const most = 1_000_000_000
  const changed = async (name: MutationName, input: object) => {
    const asked = { input: { stockLevelId: levelIds[0], ...input } }
    const { data, errors } = await room.execute(mutations[name], asked, keeper)
    expect(errors).toEqual([])
    expect(data[name].userErrors).toEqual([])
    return data[name].stockLevel
  }
  for (const [place, incoming] of [0, most, 0].entries()) {
    const level = await changed('setIncomingStock', { expectedVersion: place + 1, incoming })
    expect(level).toMatchObject({ incoming })
  }
  const set = await changed('setReorderPoint', { expectedVersion: 4, reorderPoint: most })
  expect(set).toMatchObject({ reorderPoint: most })
  const count = { idempotencyKey: 'count', delta: most, reason: 'COUNT_CORRECTION', changeFromOnHand: 0 }
  expect(await changed('adjustStock', count)).toMatchObject({ onHand: most })
})

const alerts =
  'query ($first: Int, $after: String) { lowStockAlerts(first: $first, after: $after) { edges { cursor } } }'
const movements = `query ($id: ID!, $first: Int, $after: String) {
  stockLevel(id: $id) { id movements(first: $first, after: $after) { edges { cursor } } }
}`
const foreign = Buffer.from('["alerts","x\\u0000"]').toString('base64url')
const fraction = Buffer.from('["movements",0.5]').toString('base64url')

test.each([
  { first: 0 },
  { first: -1 },
  { first: 101 },
  { first: 2_147_483_648 },
  { first: 1.5 },
  { after: '' },
  { after: 'not a cursor' },
  { after: '\u0000' },
  { after: foreign },
  { after: fraction },
  { after: Buffer.from('["alerts",1]').toString('base64url') },
  { after: Buffer.from('["movements","1"]').toString('base64url') },
  { after: Buffer.from('{}').toString('base64url') },
])('a page of %j is bad user input in every list', async (page) => {
  for (const query of [alerts, movements]) {
    const { errors } = await room.execute(query, { id: levelId, ...page }, keeper)
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT'])
  }
})

const STOCK_LEVEL = 'query ($id: ID!) { stockLevel(id: $id) { id } }'

test('a stock level that is not there is null', async () => {
  const answer = await room.execute(STOCK_LEVEL, { id: `stk_${UNKNOWN}` }, keeper)
  expect(answer).toMatchObject({ data: { stockLevel: null }, errors: [] })
})

test.each(['', 'stk_1', '\u0000', `usr_${UNKNOWN}`])(
  '%j is refused as no id of a stock level',
  async (id) => {
    const message = `id is ${JSON.stringify(id)}: allowed is an id that starts with stk_`
    expect(await room.execute(STOCK_LEVEL, { id }, keeper)).toMatchObject({
      data: { stockLevel: null },
      errors: [{ message: expect.stringContaining(message), extensions: { code: 'BAD_USER_INPUT' } }],
    })
  },
)

test.each(['', '\u0000', `var_${UNKNOWN}`, `ord_${UNKNOWN}`])(
  'a reference to %j finds nothing',
  async (id) => {
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) {
    ... on ProductVariant { availability { status } stockLevels { id } }
    ... on Order { reservation { id } }
    ... on Warehouse { code }
    ... on StockLevel { onHand }
  } }`
    const of = ['ProductVariant', 'Order', 'Warehouse', 'StockLevel'].map((__typename) => ({
      __typename,
      id,
    }))
    const { data, errors } = await room.execute(query, { of }, keeper)
    expect(errors).toEqual([])
    expect(data._entities).toEqual([
      { availability: null, stockLevels: [] },
      { reservation: null },
      null,
      null,
    ])
  },
)
