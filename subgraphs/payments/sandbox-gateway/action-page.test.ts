import { expect, test } from 'vitest'
import { actionPage } from './action-page.ts'
import type { PaymentRow } from './rows.ts'

// The page reads these columns of the row.
const page = (status: string) =>
  actionPage({ status, reference: 'A-<1>', amount_minor: '4200', currency: 'USD' } as PaymentRow)

const wordsOf = (html: string) =>
  html
    .replace(/<style>.*<\/style>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()

test('a payment that waits for its customer is approved or denied by a button', () => {
  expect(wordsOf(page('REQUIRES_ACTION'))).toBe(
    'Second step Sandbox bank Reference A-&lt;1&gt;: 4200 minor units of USD. Approve Deny',
  )
  expect(page('REQUIRES_ACTION').match(/<form method="post">|<button [^>]*>/g)).toEqual([
    '<form method="post">',
    '<button name="decision" value="approve">',
    '<button name="decision" value="deny">',
  ])
})

test('any other payment has no button', () => {
  expect(page('AUTHORIZED')).not.toContain('<form')
  expect(wordsOf(page('AUTHORIZED'))).toBe(
    'Second step Sandbox bank Reference A-&lt;1&gt;: 4200 minor units of USD. This payment is AUTHORIZED. You can close this page.',
  )
})
