import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aSegment } from './testing/a-segment.ts'
import { aMarketer, type MutationName, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
const marketer = aMarketer()
const taken = 'Taken'
const good = {} as Record<string, Record<string, unknown>>

beforeAll(async () => {
  shop = await openSupport()
  await shop.accepted('createSegment', aSegment({ name: taken }), marketer)
  const { id } = await shop.accepted('createSegment', aSegment({ name: 'Changed' }), marketer)
  const { all } = aSegment()
  good.createSegment = aSegment({ name: 'New' })
  good.updateSegment = { id, expectedVersion: 1, name: 'Changed', description: null, all }
  good.deleteSegment = { id, expectedVersion: 1 }
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const everything = () =>
  Promise.all(
    ['segment', 'segment_member', 'audit_entry', 'idempotency_record', 'outbox_message'].map((table) =>
      shop.sql(`SELECT * FROM ${table} ORDER BY 1, 2, 3`),
    ),
  )

const uuid = '019aa5c2-8c00-7000-8000-00000000dead'
const all = (condition: object) => ({ all: [condition] })
const orders = { fact: 'ORDERS', atLeast: '2' }
const two = { anyOf: [orders, orders] }

type Case = [MutationName, Record<string, unknown>, RegExp]
const each = (names: readonly MutationName[], cases: readonly [Record<string, unknown>, RegExp][]): Case[] =>
  names.flatMap((name) => cases.map(([bad, refusal]): Case => [name, bad, refusal]))

const CASES: Case[] = [
  ['createSegment', { idempotencyKey: '' }, /^ValidationError: idempotencyKey is "".*at least 1/],
  ...each(
    ['createSegment', 'updateSegment'],
    [
      [{ name: '' }, /^ValidationError: name is "".*at least 1/],
      [{ name: 'x'.repeat(81) }, /^ValidationError: name is .*at most 80/],
      [{ name: 'a\nb' }, /^ValidationError: name is "a\\nb".*one line/],
      [{ name: taken }, /^ValidationError: name is "Taken", which segment "seg_.*: allowed is another one/],
      [{ description: 'x'.repeat(501) }, /^ValidationError: description is .*at most 500/],
      [
        { all: [] },
        /^ValidationError: all is \[\]: allowed is 1 to 10 conditions; none beside alternatives alone/,
      ],
      [{ all: [], alternatives: [] }, /^ValidationError: all is \[\]: allowed is 1 to 10 conditions/],
      [{ alternatives: Array(6).fill(two) }, /^ValidationError: alternatives is .*at most 5/],
      [
        { alternatives: [{ anyOf: [orders] }] },
        /^ValidationError: alternatives.0.anyOf is .*: allowed is 2 to 5 conditions/,
      ],
      [
        { alternatives: [{ anyOf: [] }] },
        /^ValidationError: alternatives.0.anyOf is \[\]: allowed is 2 to 5/,
      ],
      [
        { alternatives: [{ anyOf: Array(6).fill(orders) }] },
        /^ValidationError: alternatives.0.anyOf is .*2 to 5/,
      ],
      [
        { alternatives: [two, { anyOf: [orders, { fact: 'ORDERS', atLeast: '1.5' }] }] },
        /^ValidationError: alternatives.1.anyOf.1.atLeast is "1.5": allowed is a whole number/,
      ],
      [{ alternatives: [{ anyOf: [orders, { fact: 'ODD' }] }] }, /^BAD_USER_INPUT: .*ODD/],
      [{ alternatives: [{}] }, /^BAD_USER_INPUT: .*anyOf/],
      [
        { alternatives: [{ anyOf: [{ ...orders, anyOf: [orders, orders] }, orders] }] },
        /^BAD_USER_INPUT: .*anyOf/,
      ],
      [{ all: Array(11).fill(orders) }, /^ValidationError: all is .*1 to 10 conditions/],
      [{ all: null }, /^BAD_USER_INPUT: .*all/],
      [all({ fact: 'SHOE_SIZE' }), /^BAD_USER_INPUT: .*SHOE_SIZE/],
      [all({}), /^BAD_USER_INPUT: .*fact/],
      [
        all({ fact: 'ORDERS' }),
        /^ValidationError: all.0.atLeast is missing: allowed is at least one of atLeast and atMost/,
      ],
      [
        all({ fact: 'ORDERS', atLeast: '1.5' }),
        /^ValidationError: all.0.atLeast is "1.5": allowed is a whole number from 0 to 1000000/,
      ],
      [all({ fact: 'ORDERS', atLeast: '-1' }), /^ValidationError: all.0.atLeast is "-1".*whole number/],
      [
        all({ fact: 'ORDERS', atLeast: '1000001' }),
        /^ValidationError: all.0.atLeast is "1000001".*to 1000000/,
      ],
      [all({ fact: 'ORDERS', atLeast: 'two' }), /^BAD_USER_INPUT: .*two/],
      [
        all({ fact: 'ORDERS', atLeast: '3', atMost: '2' }),
        /^ValidationError: all.0.atMost is "2": allowed is at least atLeast, 3/,
      ],
      [
        all({ ...orders, in: ['DE'] }),
        /^ValidationError: all.0.in is \["DE"\]: allowed is nothing; ORDERS has atLeast, atMost/,
      ],
      [
        all({ fact: 'DAYS_SINCE_LAST_ORDER', atMost: '36501' }),
        /^ValidationError: all.0.atMost is "36501".*0 to 36500/,
      ],
      [all({ fact: 'RECENCY_SCORE', atLeast: '0' }), /^ValidationError: all.0.atLeast is "0".*1 to 5/],
      [all({ fact: 'MONETARY_SCORE', atMost: '6' }), /^ValidationError: all.0.atMost is "6".*1 to 5/],
      [
        all({ fact: 'SPENT', atLeast: '1' }),
        /^ValidationError: all.0.currencyCode is missing: allowed is USD, EUR, JPY/,
      ],
      [all({ fact: 'SPENT', atLeast: '1', currencyCode: 'GBP' }), /^BAD_USER_INPUT: .*GBP/],
      [
        all({ fact: 'SPENT', atLeast: '1.005', currencyCode: 'EUR' }),
        /^ValidationError: all.0.atLeast is "1.005": allowed is an amount up to .* EUR with at most 2 decimals/,
      ],
      [
        all({ fact: 'SPENT', atLeast: '-1', currencyCode: 'EUR' }),
        /^ValidationError: all.0.atLeast is "-1": allowed is an amount of 0 or more/,
      ],
      [
        all({ fact: 'SPENT', atLeast: '10', atMost: '9.99', currencyCode: 'EUR' }),
        /^ValidationError: all.0.atMost is "9.99": allowed is at least atLeast, 10/,
      ],
      [
        all({ fact: 'COUNTRY' }),
        /^ValidationError: all.0.in is missing: allowed is a list of 1 to 50 values/,
      ],
      [all({ fact: 'COUNTRY', in: [] }), /^ValidationError: all.0.in is \[\]: allowed is at least 1/],
      [all({ fact: 'COUNTRY', in: Array(51).fill('DE') }), /^ValidationError: all.0.in is .*at most 50/],
      [
        all({ fact: 'COUNTRY', in: ['DE', 'de'] }),
        /^ValidationError: all.0.in is \["DE","de"\]: allowed is a code of ISO 3166-1 such as DE, not "de"/,
      ],
      [all({ fact: 'COUNTRY', in: ['\u0000'] }), /^ValidationError: all.0.in is/],
      [
        all({ fact: 'CATEGORY', in: ['crew'] }),
        /^ValidationError: all.0.in is \["crew"\]: allowed is an id that starts with cat_.*not "crew"/,
      ],
      [all({ fact: 'ACCEPTS_CAMPAIGNS' }), /^ValidationError: all.0.is is missing: allowed is true or false/],
      [
        all({ fact: 'ACCEPTS_CAMPAIGNS', is: true, isNot: true }),
        /^ValidationError: all.0.isNot is true: allowed is nothing; ACCEPTS_CAMPAIGNS has is/,
      ],
    ],
  ),
  ...each(
    ['updateSegment', 'deleteSegment'],
    [
      [{ id: 'lapsed' }, /^ValidationError: id is "lapsed".*seg_/],
      [{ id: `seg_${uuid}` }, /^ValidationError: there is no segment "seg_.*dead"/],
      [{ expectedVersion: 0 }, /^ValidationError: expectedVersion is 0.*at least 1/],
      [{ expectedVersion: 7 }, /^VersionConflictError: expectedVersion is 7.*version is 1/],
    ],
  ),
]

test('the whole messages are those of segment/refusals.md', async () => {
  const all: Refused[] = []
  for (const [name, bad] of CASES)
    all.push([`${name} ${JSON.stringify(bad)}`, await shop.mutate(name, { ...good[name], ...bad }, marketer)])
  await expect(refusalsPage('subgraphs/support/segment-input.int.test.ts', all)).toMatchFileSnapshot(
    'segment/refusals.md',
  )
})

test.each(
  CASES.map(([name, bad, refusal]) => [name, JSON.stringify(bad).slice(0, 100), bad, refusal] as const),
)('%s with %s is refused and changes nothing', async (name, _, bad, refusal) => {
  const before = await everything()
  const { data, errors } = await shop.mutate(name, { ...good[name], ...bad }, marketer)
  const typed: { __typename: string; message: string }[] = data?.[name]?.userErrors ?? []
  const refusals = [
    ...errors.map(({ extensions, message }) => `${extensions?.code}: ${message}`),
    ...typed.map(({ __typename, message }) => `${__typename}: ${message}`),
  ]
  expect(refusals).toEqual([expect.stringMatching(refusal)])
  expect(await everything()).toEqual(before)
})

test.each([
  [{ fact: 'ORDERS', atLeast: '0', atMost: '1000000' }],
  [{ fact: 'RECENCY_SCORE', atLeast: '5', atMost: '5' }],
  [{ fact: 'SPENT', atMost: '0.01', currencyCode: 'USD' }],
  [{ fact: 'SPENT', atLeast: '0', atMost: '0', currencyCode: 'EUR' }],
  [{ fact: 'COUNTRY', in: ['DE'], isNot: true }],
  [{ fact: 'CATEGORY', in: [`cat_${uuid}`], isNot: false }],
  [{ fact: 'ACCEPTS_CAMPAIGNS', is: false }],
])('%j is accepted and shown as it was written', async (condition) => {
  const segment = await shop.accepted(
    'createSegment',
    aSegment({ name: newId('key'), all: [condition] }),
    marketer,
  )
  expect(segment.all).toMatchObject([condition])
})

test('a value of a list that is repeated is kept once', async () => {
  const all = [{ fact: 'COUNTRY', in: ['DE', 'AT', 'DE'] }]
  const segment = await shop.accepted('createSegment', aSegment({ name: newId('key'), all }), marketer)
  expect(segment.all).toMatchObject([{ in: ['DE', 'AT'] }])
})

test('alternatives are accepted up to the bounds, alone too, and shown as they were written; left out, an update removes them', async () => {
  const anyOf = Array(5).fill({ fact: 'COUNTRY', in: ['DE'], isNot: true })
  const name = newId('key')
  const input = aSegment({ name, all: [], alternatives: Array(5).fill({ anyOf }) })
  const { id, ...segment } = await shop.accepted('createSegment', input, marketer)
  expect(segment).toMatchObject({ all: [], alternatives: Array(5).fill({ anyOf }) })
  const change = { id, name, all: [orders], alternatives: [two] }
  const both = await shop.accepted('updateSegment', { ...change, expectedVersion: 1 }, marketer)
  expect(both).toMatchObject({ all: [orders], alternatives: [two] })
  const { alternatives: _, ...without } = change
  const less = await shop.accepted('updateSegment', { ...without, expectedVersion: 2 }, marketer)
  expect(less).toMatchObject({ all: [orders], alternatives: [] })
})
