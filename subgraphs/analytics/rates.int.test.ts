import { newId } from '@argyle/kit/ids'
import { testAuditedMutations } from '@argyle/kit/testing/audited-mutations'
import { testKeyedMutations } from '@argyle/kit/testing/keyed-mutations'
import { staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { analyst, type OpenAnalytics, openAnalytics } from './testing/open-analytics.ts'

let shop: OpenAnalytics
beforeAll(async () => {
  shop = await openAnalytics({ clock: () => new Date('2026-11-28T12:00:00.000Z') })
})
afterAll(() => shop.close())

const EUR = { currency: 'EUR', validFrom: '2026-01-01T00:00:00.000Z', unitsPerUsd: '0.92' }

async function set(input: object) {
  const { data, errors } = await shop.setRate(input)
  expect(errors).toEqual([])
  return data.setExchangeRate
}

test('a rate is set, replaced at the version that was read, and each change is in the audit log', async () => {
  const { exchangeRate } = await set({ ...EUR, unitsPerUsd: '0.920' })
  expect(exchangeRate).toMatchObject({ ...EUR, version: 1 })
  const conflict = await set({ ...EUR, unitsPerUsd: '0.5' })
  expect(conflict).toMatchObject({
    exchangeRate: null,
    userErrors: [{ __typename: 'VersionConflictError', path: ['expectedVersion'] }],
  })
  const changed = await set({ ...EUR, unitsPerUsd: '0.93', expectedVersion: 1 })
  expect(changed.exchangeRate).toMatchObject({ id: exchangeRate.id, unitsPerUsd: '0.93', version: 2 })
  const query = `query ($id: ID) { analyticsAudit(subjectId: $id) { edges { node { at actorId action before after } } } }`
  const { analyticsAudit } = await shop.ask(query, { id: exchangeRate.id }, staff('audit:read'))
  const changes = analyticsAudit.edges.map(({ node }: { node: { before: string; after: string } }) => ({
    ...node,
    before: JSON.parse(node.before)?.unitsPerUsd,
    after: JSON.parse(node.after)?.unitsPerUsd,
  }))
  const about = {
    at: '2026-11-28T12:00:00.000Z',
    actorId: 'id' in analyst && analyst.id,
    action: 'setExchangeRate',
  }
  expect(changes).toEqual([
    { ...about, before: '0.92', after: '0.93' },
    { ...about, before: undefined, after: '0.92' },
  ])
})

test('of concurrent rates for one instant, one is created and the others are refused with the version', async () => {
  const validFrom = '2025-01-01T00:00:00.000Z'
  const answers = await shop.manyAtOnce(4, (index) => set({ ...EUR, validFrom, unitsPerUsd: `0.9${index}` }))
  expect(answers.filter(({ exchangeRate }) => exchangeRate)).toMatchObject([{ exchangeRate: { version: 1 } }])
  const conflict = { __typename: 'VersionConflictError', path: ['expectedVersion'] }
  expect(answers.flatMap(({ userErrors }) => userErrors)).toMatchObject([conflict, conflict, conflict])
  await shop.sql('DELETE FROM exchange_rate WHERE valid_from = $1::timestamptz', validFrom)
})

test('rates are listed by currency, the newest first', async () => {
  await set({ currency: 'JPY', validFrom: '2026-02-01T00:00:00.000Z', unitsPerUsd: '150.25' })
  await set({ currency: 'JPY', validFrom: '2026-03-01T00:00:00.000Z', unitsPerUsd: '1000000' })
  const { exchangeRates } = await shop.ask('{ exchangeRates { currency unitsPerUsd } }')
  expect(exchangeRates).toEqual([
    { currency: 'EUR', unitsPerUsd: '0.93' },
    { currency: 'JPY', unitsPerUsd: '1000000' },
    { currency: 'JPY', unitsPerUsd: '150.25' },
  ])
})

describe('bad input', () => {
  const CASES: [Record<string, unknown>, RegExp][] = [
    [{ idempotencyKey: '' }, /^ValidationError: idempotencyKey is "".*at least 1/],
    [{ currency: 'USD' }, /^ValidationError: currency is "USD".*EUR, JPY/],
    [{ currency: 'GBP' }, /^BAD_USER_INPUT: .*GBP/],
    [{ validFrom: 'yesterday' }, /^BAD_USER_INPUT: .*yesterday/],
    [{ unitsPerUsd: '0' }, /^ValidationError: unitsPerUsd is "0".*above 0/],
    [{ unitsPerUsd: '-1' }, /^ValidationError: unitsPerUsd is "-1".*above 0/],
    [{ unitsPerUsd: '1000000.000001' }, /^ValidationError: unitsPerUsd is "1000000.000001".*up to 1000000/],
    [{ unitsPerUsd: '0.0000001' }, /^BAD_USER_INPUT: .*0\.0000001/],
    [{ unitsPerUsd: '1e3' }, /^BAD_USER_INPUT: .*1e3/],
    [{ expectedVersion: 0 }, /^ValidationError: expectedVersion is 0.*at least 1/],
    [{ expectedVersion: 3 }, /^ValidationError: expectedVersion is 3, but there is no rate/],
    [{ colour: 'red' }, /^BAD_USER_INPUT: .*colour/],
  ]
  test.each(CASES)('%j is refused and repeated', async (change, refusal) => {
    const { data, errors } = await shop.setRate({ ...EUR, validFrom: '2020-01-01T00:00:00Z', ...change })
    const typed: { __typename: string; message: string }[] = data?.setExchangeRate?.userErrors ?? []
    const refusals = [
      ...errors.map(({ extensions, message }) => `${extensions?.code}: ${message}`),
      ...typed.map(({ __typename, message }) => `${__typename}: ${message}`),
    ]
    expect(refusals).toEqual([expect.stringMatching(refusal)])
  })

  test('the 10,001st rate is refused', async () => {
    await shop.sql(
      `INSERT INTO exchange_rate (id, currency, valid_from, units_per_usd, version)
       SELECT 'fxr_' || n, 'EUR', '2030-01-01'::timestamptz + n * interval '1 hour', 1, 1
         FROM generate_series(1, 10000 - (SELECT count(*) FROM exchange_rate)) n`,
    )
    const { userErrors } = await set({ ...EUR, validFrom: '2021-01-01T00:00:00Z' })
    expect(userErrors).toMatchObject([
      { message: expect.stringMatching(/there are 10000 .*allowed are 10000/) },
    ])
    // A rate that exists may still be changed.
    const changed = await set({ ...EUR, unitsPerUsd: '0.94', expectedVersion: 2 })
    expect(changed).toMatchObject({ exchangeRate: { unitsPerUsd: '0.94', version: 3 }, userErrors: [] })
    // The newest are listed.
    const { exchangeRates } = await shop.ask('{ exchangeRates { currency validFrom } }')
    expect(exchangeRates).toHaveLength(500)
    const [newest] = await shop.sql<{ at: Date }>('SELECT max(valid_from) AS at FROM exchange_rate')
    expect(exchangeRates[0]).toEqual({ currency: 'EUR', validFrom: newest?.at.toISOString() })
    expect(exchangeRates[499].validFrom >= '2030').toBe(true)
    await shop.sql(`DELETE FROM exchange_rate WHERE valid_from > '2030-01-01'`)
  })
})

testKeyedMutations(
  new URL('schema.graphql', import.meta.url),
  () => shop,
  (_, input, viewer) => shop.setRate(input, viewer),
  {
    async setExchangeRate() {
      const input = { ...EUR, idempotencyKey: newId('evt'), validFrom: aDay() }
      return {
        callers: [staff('analytics:write'), staff('analytics:write')],
        input,
        theirs: { ...input, validFrom: aDay() },
        other: { ...input, unitsPerUsd: '0.5' },
        effect: ({ exchangeRate }) => exchangeRate?.id,
      }
    },
  },
)

testAuditedMutations<'setExchangeRate'>(
  new URL('schema.graphql', import.meta.url),
  () => shop,
  (_, input, viewer) => shop.setRate(input, viewer),
  {
    async setExchangeRate() {
      const validFrom = aDay()
      const { exchangeRate } = await set({ ...EUR, validFrom })
      const before = { id: exchangeRate.id, currency: 'EUR', validFrom, unitsPerUsd: '0.92', version: 1 }
      return {
        viewer: staff('analytics:write'),
        input: { ...EUR, validFrom, unitsPerUsd: '0.93', expectedVersion: 1 },
        entries: [
          { subjectId: exchangeRate.id, before, after: { ...before, unitsPerUsd: '0.93', version: 2 } },
        ],
      }
    },
  },
)

let days = 0
/** An instant at which no rate begins yet. */
const aDay = () => new Date(Date.UTC(2010, 0, ++days)).toISOString()
