import { expect, test } from 'vitest'
import { createCampaignInput } from './campaign-input.ts'

// ../campaign-input.int.test.ts has the inputs that are refused.

const textOf = (title: number, body: number, actionLabel: number) => ({
  ...{ title: 'x'.repeat(title), body: 'x'.repeat(body), actionLabel: 'x'.repeat(actionLabel) },
})
const smallest = {
  ...{ idempotencyKey: 'k', name: 'x', segmentId: 'seg_019aa5c2-8c00-7000-8000-0000000000a1' },
  variants: [{ english: textOf(1, 1, 1), german: textOf(1, 1, 1) }],
  ...{ linkPath: '/', coupon: { percentBasisPoints: 1, validDays: 1 } },
  ...{ controlPercent: 0, messagesPerMinute: 1, attributionDays: 1 },
}
const longest = { english: textOf(100, 2_000, 60), german: textOf(100, 2_000, 60) }
const largest = {
  ...{ ...smallest, idempotencyKey: 'k'.repeat(200), name: 'x'.repeat(80) },
  ...{ variants: [longest, longest], linkPath: `/${'x'.repeat(299)}` },
  coupon: { percentBasisPoints: 10_000, validDays: 366 },
  ...{ controlPercent: 90, messagesPerMinute: 6_000, attributionDays: 90 },
}

test.each([
  ['least', smallest],
  ['most', largest],
])('a campaign with the %s of each value is accepted as it is', (_, input) => {
  const { idempotencyKey, coupon, variants, ...rest } = input
  const named = variants.map((texts, index) => ({ variant: index === 0 ? 'A' : 'B', ...texts }))
  const { percentBasisPoints: couponBasisPoints, validDays: couponValidDays } = coupon
  const content = { ...rest, variants: named, couponBasisPoints, couponValidDays }
  expect(createCampaignInput.parse(input)).toEqual({ idempotencyKey, content })
})
