import { expect, test } from 'vitest'
import { EACH } from '../testing/each-message.ts'
import { detailsSchema } from './occasion.ts'

const isRead = (details: object) => detailsSchema.safeParse(details).success
const line = { name: 'CRW-1', available: 4, reorderPoint: 5 }

/** Details at a bound, and the same beyond it. */
const BOUNDS: readonly (readonly [name: string, at: object, beyond: object])[] = [
  ...(
    [
      [EACH.PAYMENT_FAILED, 'code', 100],
      [EACH.PASSWORD_RESET, 'sealedToken', 500],
      [EACH.PHONE_VERIFICATION, 'phone', 20],
      [EACH.PHONE_VERIFICATION, 'sealedToken', 500],
      [EACH.TICKET_ANSWERED, 'subject', 300],
      [EACH.TICKET_ANSWERED, 'text', 10_000],
      [EACH.CAMPAIGN, 'title', 200],
      [EACH.CAMPAIGN, 'body', 4_000],
      [EACH.CAMPAIGN, 'actionLabel', 120],
      [EACH.CAMPAIGN, 'path', 200],
      [EACH.CAMPAIGN, 'couponCode', 32],
    ] as const
  ).map(([details, field, most]) => {
    const ofLength = (length: number) => ({ ...details, [field]: 'x'.repeat(length) })
    return [`${details.kind}, ${field}`, ofLength(most), ofLength(most + 1)] as const
  }),
  ['the least rating', { ...EACH.REVIEW_PUBLISHED, rating: 1 }, { ...EACH.REVIEW_PUBLISHED, rating: 0 }],
  ['the greatest rating', EACH.REVIEW_PUBLISHED, { ...EACH.REVIEW_PUBLISHED, rating: 6 }],
  [
    'the lines of a digest',
    { ...EACH.STAFF_DIGEST, lowStock: { count: 21, lines: Array(20).fill(line) } },
    { ...EACH.STAFF_DIGEST, lowStock: { count: 21, lines: Array(21).fill(line) } },
  ],
  [
    'an amount',
    { ...EACH.ORDER_REFUNDED, amount: { amountMinor: '9'.repeat(16), currencyCode: 'EUR' } },
    { ...EACH.ORDER_REFUNDED, amount: { amountMinor: '9'.repeat(17), currencyCode: 'EUR' } },
  ],
  [
    'the tag of a reply address',
    { ...EACH.TICKET_ANSWERED, replyTag: 'a'.repeat(60) },
    { ...EACH.TICKET_ANSWERED, replyTag: 'a'.repeat(61) },
  ],
]

test.each(BOUNDS)('details are read up to their bound: %s', (_, at, beyond) => {
  expect([isRead(at), isRead(beyond)]).toEqual([true, false])
})

// The bounds of support, which counts a character of two UTF-16 units once.
test.each([
  [EACH.TICKET_ANSWERED, 'subject', 150],
  [EACH.TICKET_ANSWERED, 'text', 5_000],
  [EACH.CAMPAIGN, 'title', 100],
  [EACH.CAMPAIGN, 'body', 2_000],
  [EACH.CAMPAIGN, 'actionLabel', 60],
] as const)('the longest text that support takes is read: $0.kind, $1', (details, field, most) => {
  expect(isRead({ ...details, [field]: '🧦'.repeat(most) })).toBe(true)
})

test('a tag is no other text, which would become part of an address', () => {
  expect(isRead({ ...EACH.TICKET_ANSWERED, replyTag: 'a>, eve@argyle.example' })).toBe(false)
})

test('occasions that an earlier version saved are read', () => {
  const { refunds: _, ...digest } = EACH.STAFF_DIGEST
  expect(detailsSchema.parse(digest)).toEqual({ ...digest, refunds: { count: 0, lines: [] } })
  expect(detailsSchema.parse({ kind: 'TICKET_ANSWERED', subject: 'A hole' })).toEqual({
    ...{ kind: 'TICKET_ANSWERED', subject: 'A hole', text: null, replyTag: null, language: 'en' },
  })
  const cancelled = { kind: 'ORDER_CANCELLED', reason: 'A_REASON_OF_THAT_TIME' }
  expect(detailsSchema.parse(cancelled)).toEqual({ ...cancelled, reason: null })
})
