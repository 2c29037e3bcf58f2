import { expect, test } from 'vitest'
import type { Gateway } from './gateway.ts'
import { inPlainTexts, withPlainTexts } from './plain-texts.ts'

test('texts at any depth can be stored; other values stay', () => {
  const at = new Date()
  const answer = {
    ref: 'pay_1',
    until: at,
    minor: 5n,
    ok: true,
    none: null,
    list: [{ reason: 'a\u0000\nb' }],
  }
  expect(withPlainTexts(answer)).toEqual({ ...answer, list: [{ reason: 'a b' }] })
  expect(withPlainTexts(null)).toBeNull()
})

test('a text is cut at 2,000 characters', () => {
  expect(withPlainTexts(['x'.repeat(2_000), 'x'.repeat(2_001)])).toEqual([
    'x'.repeat(2_000),
    'x'.repeat(2_000),
  ])
})

const CALLS = ['attach', 'authorize', 'capture', 'void', 'refund', 'fetch', 'readWebhook'] as const

test.each(CALLS)('the answer of %s has texts that can be stored', async (call) => {
  // A gateway whose every call has this answer.
  const answers = Object.fromEntries(CALLS.map((name) => [name, async () => ({ text: 'a\u0000b' })]))
  const gateway = inPlainTexts(answers as unknown as Gateway) as unknown as typeof answers
  expect(await gateway[call]?.()).toEqual({ text: 'a b' })
})
