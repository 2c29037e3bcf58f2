import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import type { UserError } from '@argyle/kit/user-errors'
import { expect, test } from 'vitest'
import { BAD_FIELDS } from './testing/bad-fields.ts'
import { READERS } from './testing/readers.ts'

const at = (day: number) => new Date(`2026-11-0${day}T00:00:00Z`)
const usd = (amount: string) => ({ amount, currencyCode: 'USD' })
const coupon = { idempotencyKey: 'k', code: 'TEN', percentBasisPoints: 100 }
/** An address of which each field is one character too long. */
const LONG_ADDRESS = {
  ...Object.fromEntries(
    ['recipient', 'line1', 'line2', 'city', 'region'].map((field) => [field, 'x'.repeat(101)]),
  ),
  ...{ postalCode: 'x'.repeat(17), countryCode: 'Q9' },
}
/** Inputs whose fields do not fit together. */
const WHOLE: [mutation: string, input: Record<string, unknown>][] = [
  ['createCoupon', { ...coupon, fixedAmounts: [usd('1')] }],
  ['createCoupon', { ...coupon, percentBasisPoints: null }],
  ['createCoupon', { ...coupon, startsAt: at(2), expiresAt: at(1) }],
  ['createCoupon', { ...coupon, minimumSubtotals: [usd('0')] }],
  ['createCoupon', { ...coupon, minimumSubtotals: [usd('1'), usd('2')] }],
  ['createCoupon', { ...coupon, minimumSubtotals: [usd('0.001')] }],
  [
    'addCartLine',
    { idempotencyKey: 'short', variantId: 'var_019aa5c2-8c00-7000-8000-00000000dead', quantity: 1 },
  ],
]

test('the whole messages about bad fields are those of refusals.md', async () => {
  // The schema refuses a missing field.
  const rows = Object.entries(BAD_FIELDS).flatMap(([mutation, fields]) =>
    Object.entries(fields).flatMap(([field, values]) =>
      values.flatMap(([value]) => (value == null ? [] : [{ mutation, field, value }])),
    ),
  )
  rows.push({ mutation: 'placeGuestOrder', field: 'address', value: LONG_ADDRESS })
  const answer = (mutation: string, input: object, userErrors: readonly UserError[]): Refused => [
    `${mutation} ${JSON.stringify(input)}`,
    { data: { [mutation]: { userErrors } }, errors: [], cookies: [] },
  ]
  const ofFields = rows.flatMap(({ mutation, field, value }) => {
    const decision = READERS[mutation]?.({ [field]: value })
    const errors = decision?.ok === false ? decision.errors.filter(({ path }) => path?.[0] === field) : []
    // Rows of the table that are refused by what is stored are not here.
    return errors.length === 0 ? [] : [answer(mutation, { [field]: value }, errors)]
  })
  const ofWholes = WHOLE.map(([mutation, input]) => {
    const decision = READERS[mutation]?.(input)
    return answer(mutation, input, decision?.ok === false ? decision.errors : [])
  })
  const page = refusalsPage('subgraphs/orders/refusals.test.ts', [...ofFields, ...ofWholes])
  await expect(page).toMatchFileSnapshot('refusals.md')
})
