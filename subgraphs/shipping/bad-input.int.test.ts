import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  aMethod,
  aZone,
  EUR,
  keeper,
  type MutationName,
  newIdempotencyKey,
  type OpenShipping,
  openShipping,
} from './testing/open-shipping.ts'

let shop: OpenShipping
let before: unknown

/** Inputs of the right form, for the tests to break. */
const good = {} as Record<MutationName, Record<string, unknown>> // filled before the first test

beforeAll(async () => {
  shop = await openShipping()
  const { zoneId, methodId, rateId } = await shop.aRate()
  const [version, line] = [{ expectedVersion: 1 }, { orderLineId: newId('oln') }]
  good.createShippingZone = aZone({ areas: [{ countryCode: 'DE' }] })
  good.updateShippingZone = { ...version, id: zoneId, name: 'Gallia' }
  good.createShippingMethod = aMethod()
  good.updateShippingMethod = { ...version, id: methodId, active: false }
  good.createShippingRate = {
    ...newIdempotencyKey(),
    zoneId,
    methodId,
    upToGrams: 9,
    price: EUR('1.00'),
    estimatedDays: 1,
  }
  good.updateShippingRate = { ...version, id: rateId, amount: '2.00' }
  good.requestReturn = { ...newIdempotencyKey(), orderId: newId('ord'), lines: [{ ...line, quantity: 1 }] }
  const which = { number: 'A-7K2M-9QX3', secret: 'a-secret' }
  good.requestGuestReturn = { ...newIdempotencyKey(), ...which, lines: [{ ...line, quantity: 1 }] }
  good.cancelReturn = { ...version, id: newId('ret') }
  good.cancelGuestReturn = { ...version, ...which, id: newId('ret') }
  good.approveReturn = { ...version, id: newId('ret') }
  good.rejectReturn = { ...version, id: newId('ret'), rejection: 'Worn.' }
  const came = { ...line, quantity: 1, restock: true }
  good.receiveReturn = { ...version, id: newId('ret'), lines: [came] }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

/** All rows that a mutation can write. */
function everything() {
  const tables = [
    'zone',
    'zone_area',
    'method',
    'rate',
    'audit_entry',
    'idempotency_record',
    'outbox_message',
  ]
  return Promise.all(tables.map((table) => shop.sql(`SELECT * FROM ${table} ORDER BY 1, 2`)))
}
beforeEach(async () => {
  before = await everything()
})

/** The refusal: the code of a GraphQL error or the type of a user error, then its message. */
async function refusalsOf(name: MutationName, input: object, viewer: Viewer = keeper): Promise<string[]> {
  const { data, errors } = await shop.mutate(name, input, viewer)
  const typed: { __typename: string; message: string }[] = data?.[name]?.userErrors ?? []
  return [
    ...errors.map(({ extensions, message }) => `${extensions?.code}: ${message}`),
    ...typed.map(({ __typename, message }) => `${__typename}: ${message}`),
  ]
}

const area = (postalCodePrefix: string) => ({ countryCode: 'DE', postalCodePrefix })
const line = (quantity: number) => ({ orderLineId: newId('oln'), quantity })
const came = (quantity: number) => ({ ...line(quantity), restock: true })
const unknown = (prefix: string) => `${prefix}_019aa5c2-8c00-7000-8000-00000000dead`

type Case = [MutationName, Record<string, unknown>, RegExp]
const each = (names: readonly MutationName[], cases: readonly [Record<string, unknown>, RegExp][]): Case[] =>
  names.flatMap((name) => cases.map(([bad, refusal]): Case => [name, bad, refusal]))

const CREATING = [
  'createShippingZone',
  'createShippingMethod',
  'createShippingRate',
  'requestReturn',
  'requestGuestReturn',
] as const
const UPDATING = ['updateShippingZone', 'updateShippingMethod', 'updateShippingRate'] as const
const STEPS = ['cancelReturn', 'approveReturn', 'rejectReturn', 'receiveReturn'] as const
const OF_GUESTS = ['requestGuestReturn', 'cancelGuestReturn'] as const

/** [mutation, values that replace those of the right form, the relevant part of the refusal] */
const CASES: Case[] = [
  ...each(CREATING, [
    [{ idempotencyKey: '' }, /^ValidationError: idempotencyKey is "".*at least 1/],
    [{ idempotencyKey: 'k'.repeat(201) }, /^ValidationError: idempotencyKey is "kkk.*at most 200/],
    [{ idempotencyKey: null }, /^BAD_USER_INPUT: .*idempotencyKey/],
  ]),
  ...each(
    [...UPDATING, ...STEPS, 'cancelGuestReturn'],
    [
      [{ expectedVersion: 0 }, /^ValidationError: expectedVersion is 0.*at least 1/],
      [{ expectedVersion: 2147483648 }, /^BAD_USER_INPUT: .*2147483648/],
      [{ id: 'nonsense' }, /^ValidationError: id is "nonsense": allowed is an id that starts with/],
    ],
  ),
  ...each(UPDATING, [
    [{ expectedVersion: 7 }, /^VersionConflictError: expectedVersion is 7.*current version is 1/],
  ]),
  ...each(STEPS, [[{ id: unknown('ret') }, /^ValidationError: there is no return "ret_.*dead"$/]]),
  ['updateShippingZone', { id: unknown('zon') }, /^ValidationError: there is no zone "zon_.*dead"$/],
  ['updateShippingMethod', { id: unknown('smt') }, /^ValidationError: there is no method "smt_.*dead"$/],
  ['updateShippingRate', { id: unknown('rat') }, /^ValidationError: there is no rate "rat_.*dead"$/],
  ...each(
    ['createShippingZone', 'updateShippingZone'],
    [
      [{ name: '' }, /^ValidationError: name is "".*at least 1/],
      [{ name: 'x'.repeat(101) }, /^ValidationError: name is "xxx.*at most 100/],
      [{ areas: [{ countryCode: 'FRA' }] }, /^ValidationError: areas.0.countryCode is "FRA".*ISO 3166-1/],
      [{ areas: [area('1_')] }, /^ValidationError: areas.0.postalCodePrefix is "1_".*letters and digits/],
      [{ areas: [area('1'.repeat(17))] }, /^ValidationError: areas.0.postalCodePrefix is "1+".*at most 16/],
      [
        { areas: [area('ß'.repeat(9))] },
        /^ValidationError: areas.0.postalCodePrefix is .*at most 16 characters in capitals/,
      ],
      [{ areas: [area('1'), area(' 1-')] }, /^ValidationError: areas is "DE 1…": allowed is each area once/],
      [
        { areas: Array.from({ length: 501 }, (_, at) => area(String(at))) },
        /^ValidationError: areas is "501 areas": allowed is at most 500 areas/,
      ],
    ],
  ),
  ['createShippingMethod', { carrier: '' }, /^ValidationError: carrier is "".*at least 1/],
  ['createShippingMethod', { carrier: 'x'.repeat(61) }, /^ValidationError: carrier is "xxx.*at most 60/],
  ['createShippingMethod', { service: '' }, /^ValidationError: service is "".*at least 1/],
  ['createShippingMethod', { service: 'x'.repeat(61) }, /^ValidationError: service is "xxx.*at most 60/],
  ['createShippingMethod', { speed: 'WARP' }, /^BAD_USER_INPUT: .*WARP/],
  ['createShippingRate', { zoneId: unknown('zon') }, /^ValidationError: there is no zone "zon_.*dead"$/],
  ['createShippingRate', { methodId: unknown('smt') }, /^ValidationError: there is no method "smt_.*dead"$/],
  ['createShippingRate', { zoneId: unknown('smt') }, /^ValidationError: zoneId is "smt_.*starts with zon_/],
  [
    'createShippingRate',
    { methodId: unknown('zon') },
    /^ValidationError: methodId is "zon_.*starts with smt_/,
  ],
  ['createShippingRate', { upToGrams: 0 }, /^ValidationError: upToGrams is 0.*at least 1/],
  ['createShippingRate', { upToGrams: 1_000_000_001 }, /^ValidationError: upToGrams is .*at most 1000000000/],
  ['createShippingRate', { price: EUR('-0.01') }, /^ValidationError: price.amount is -0.01: allowed is 0 or/],
  ['createShippingRate', { price: EUR('1.001') }, /^ValidationError: .*1.001/],
  ['createShippingRate', { price: { amount: '1', currencyCode: 'CHF' } }, /^BAD_USER_INPUT: .*CHF/],
  ...each(
    ['createShippingRate', 'updateShippingRate'],
    [
      [{ estimatedDays: 0 }, /^ValidationError: estimatedDays is 0.*at least 1/],
      [{ estimatedDays: 91 }, /^ValidationError: estimatedDays is 91.*at most 90/],
    ],
  ),
  ['updateShippingRate', { amount: '-1' }, /^ValidationError: amount is -1: allowed is 0 or more/],
  ['updateShippingRate', { amount: '1.001' }, /^ValidationError: .*1.001/],
  ['requestReturn', { orderId: unknown('ret') }, /^ValidationError: orderId is "ret_.*starts with ord_/],
  ['requestReturn', { orderId: unknown('ord') }, /^ValidationError: there is no order "ord_.*dead"$/],
  ...each(OF_GUESTS, [
    [{}, /^ValidationError: there is no guest's order "A-7K2M-9QX3" with this secret/],
    [{ number: '' }, /^ValidationError: number is "".*at least 1/],
    [{ number: 'x'.repeat(41) }, /^ValidationError: number is "xxx.*at most 40/],
    [{ secret: 'a b' }, /^ValidationError: secret is "a b".*without spaces/],
    [{ secret: 'x'.repeat(101) }, /^ValidationError: secret is "xxx.*at most 100/],
  ]),
  ...each(
    ['requestReturn', 'requestGuestReturn'],
    [
      [{ reason: 'x'.repeat(501) }, /^ValidationError: reason is "xxx.*at most 500/],
      [{ lines: [line(0)] }, /^ValidationError: lines.0.quantity is 0.*at least 1/],
      [{ lines: [line(1_000_001)] }, /^ValidationError: lines.0.quantity is 1000001.*at most 1000000/],
      [
        { lines: [{ ...line(1), orderLineId: 'oln' }] },
        /^ValidationError: lines.0.orderLineId is "oln".*starts with oln_/,
      ],
      [
        { lines: Array.from({ length: 101 }, () => line(1)) },
        /^ValidationError: lines.*allowed is 1 to 100 lines/,
      ],
    ],
  ),
  ['receiveReturn', { lines: [came(-1)] }, /^ValidationError: lines.0.quantity is -1.*at least 0/],
  [
    'receiveReturn',
    { lines: [came(1_000_001)] },
    /^ValidationError: lines.0.quantity is 1000001.*at most 1000000/,
  ],
  [
    'receiveReturn',
    { lines: [{ ...came(1), orderLineId: 'oln' }] },
    /^ValidationError: lines.0.orderLineId is "oln".*starts with oln_/,
  ],
  [
    'receiveReturn',
    { lines: [{ ...came(1), warehouseId: 'whs' }] },
    /^ValidationError: lines.0.warehouseId is "whs".*starts with whs_/,
  ],
  ...each(
    ['requestReturn', 'requestGuestReturn', 'receiveReturn'],
    [
      [{ lines: [] }, /^ValidationError: lines is \[\]: allowed is 1 to 100 lines/],
      [{ lines: Array.from({ length: 101 }, () => came(1)) }, /lines/],
    ],
  ),
  ['rejectReturn', { rejection: '' }, /^ValidationError: rejection is "".*at least 1/],
  ['rejectReturn', { rejection: 'x'.repeat(501) }, /^ValidationError: rejection is "xxx.*at most 500/],
]

test('the whole messages are those of refusals.md', async () => {
  const all: Refused[] = []
  for (const [name, bad] of CASES)
    all.push([`${name} ${JSON.stringify(bad)}`, await shop.mutate(name, { ...good[name], ...bad }, keeper)])
  await expect(refusalsPage('subgraphs/shipping/bad-input.int.test.ts', all)).toMatchFileSnapshot(
    'refusals.md',
  )
})

test.each(CASES)('%s with %j is refused and changes nothing', async (name, bad, refusal) => {
  expect((await refusalsOf(name, { ...good[name], ...bad })).join('\n')).toMatch(refusal)
  expect(await everything()).toEqual(before)
})

test('the largest values that are allowed are taken', async () => {
  const areas = Array.from({ length: 500 }, (_, at) => area(String(at).padStart(3, '0')))
  const name = 'x'.repeat(100)
  const { zone } = await shop.accepted('createShippingZone', aZone({ name, areas }))
  const method = aMethod({ carrier: 'c'.repeat(60), service: 's'.repeat(60) })
  const { method: made } = await shop.accepted('createShippingMethod', method)
  const { rate } = await shop.accepted('createShippingRate', {
    ...newIdempotencyKey(),
    zoneId: zone.id,
    methodId: made.id,
    upToGrams: 1_000_000_000,
    price: EUR('0.00'),
    estimatedDays: 90,
  })
  expect([zone.areas.length, rate.upToGrams, rate.price, rate.estimatedDays]).toEqual([
    500,
    1_000_000_000,
    EUR('0.00'),
    90,
  ])
})

const ALL: readonly MutationName[] = [...CREATING, ...UPDATING, ...STEPS, 'cancelGuestReturn']
const OF_EVERYBODY: readonly MutationName[] = OF_GUESTS
const OF_CUSTOMERS: readonly MutationName[] = ['requestReturn', 'cancelReturn', ...OF_GUESTS]

describe.each<[string, Viewer, readonly MutationName[], string]>([
  ['a visitor', anonymous, ALL.filter((name) => !OF_EVERYBODY.includes(name)), 'UNAUTHENTICATED'],
  ['a customer', customer(newId('usr')), ALL.filter((name) => !OF_CUSTOMERS.includes(name)), 'FORBIDDEN'],
  [
    'staff who only read',
    staff('shipping:read'),
    ALL.filter((name) => !OF_CUSTOMERS.includes(name)),
    'FORBIDDEN',
  ],
])('%s', (_, viewer, names, code) => {
  test.each(names)('may not %s', async (name) => {
    expect(await refusalsOf(name, good[name], viewer)).toEqual([expect.stringMatching(`^${code}: `)])
    expect(await everything()).toEqual(before)
  })
})

const LISTS = {
  shipments: (args: string) => `{ shipments(${args}) { edges { cursor } } }`,
  returns: (args: string) => `{ returns(${args}) { edges { cursor } } }`,
  shippingAudit: (args: string) => `{ shippingAudit(${args}) { edges { cursor } } }`,
}

describe.each(Object.entries(LISTS))('%s', (name, list) => {
  test.each<[string, RegExp]>([
    ['first: 0', /first is 0.*1 to 100/],
    ['first: 101', /first is 101.*1 to 100/],
    ['after: "nonsense"', /after is "nonsense"/],
    ['after: ""', /after is ""/],
  ])('refuses %s', async (args, message) => {
    const { errors } = await shop.execute(list(args), {}, staff('shipping:read', 'audit:read'))
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })

  test('is for staff with the scope', async () => {
    const codeOf = async (viewer: Viewer) =>
      (await shop.execute(list('first: 1'), {}, viewer)).errors[0]?.extensions?.code
    const scope = name === 'shippingAudit' ? 'audit:read' : 'shipping:read'
    expect(await codeOf(anonymous)).toBe('UNAUTHENTICATED')
    expect(await codeOf(customer(newId('usr')))).toBe('FORBIDDEN')
    expect(await codeOf(staff('shipping:write', 'orders:write'))).toBe('FORBIDDEN')
    expect(await codeOf(staff(scope))).toBeUndefined()
  })
})
