import { describe, expect, test } from 'vitest'
import type { Details } from '../occasion/occasion.ts'
import { EACH, OF_ACCOUNTS, order, style } from '../testing/each-message.ts'
import { formatOf, languageOf } from './format.ts'
import { mailOf } from './mail.ts'
import { write } from './message.ts'
import { smsOf } from './sms-text.ts'

const written = (details: Details, language: 'en' | 'de', name = 'Ada') =>
  write({ details, name, order: OF_ACCOUNTS.includes(details.kind) ? null : order }, { ...style, language })

describe.each(['en', 'de'] as const)('in %s', (language) => {
  test.each(Object.values(EACH).filter(({ kind }) => kind !== 'PHONE_VERIFICATION'))(
    '$kind has its facts in subject, text and HTML',
    (details) => {
      const message = written(details, language)
      const { subject, text, html } = mailOf(message, language, { token: 'the-token' })
      expect(subject).toBe(message.title)
      for (const form of [text, html]) {
        expect(form).toContain('Ada')
        expect(form).toContain(message.action?.url.replace('{token}', 'the-token'))
        expect(form).not.toMatch(/undefined|null|NaN|#(?![\da-f]{6}\b|39;|token=the-token)|\[object/)
      }
      if (!OF_ACCOUNTS.includes(details.kind)) expect(message.body).toContain(order.number)
      expect(html).toContain(`<html lang="${language}">`)
    },
  )
})

test('a code is in the text message, and not in the stored message', () => {
  for (const language of ['en', 'de'] as const) {
    const message = written(EACH.PHONE_VERIFICATION, language)
    expect(JSON.stringify(message)).not.toContain('012345')
    expect(smsOf(message, '012345')).toMatch(
      /^Argyle: 012345 (is your verification code|ist Ihr Bestätigungscode)\./,
    )
  }
})

test('no text of one language is that of the other', () => {
  // Staff write the text of a campaign in each language.
  const ofTheShop = Object.values(EACH).filter(({ kind }) => kind !== 'CAMPAIGN')
  for (const details of ofTheShop) {
    const [english, german] = [written(details, 'en'), written(details, 'de')]
    expect([details.kind, english.title === german.title, english.body === german.body]).toEqual([
      details.kind,
      false,
      false,
    ])
  }
})

test('money and times are written as the language writes them, times in the zone', () => {
  expect(written(EACH.ORDER_CONFIRMED, 'en').body).toContain('€1,234.56')
  expect(written(EACH.ORDER_CONFIRMED, 'de').body).toContain('1.234,56\u00a0€')
  expect(written(EACH.PAYMENT_ACTION_NEEDED, 'en').body).toMatch(/28 November 2026.*10:40/)
  expect(written(EACH.PAYMENT_ACTION_NEEDED, 'de').body).toMatch(/28\. November 2026.*10:40/)
  expect(formatOf('en', 'UTC').money(1500n, 'JPY')).toBe('JP¥1,500')
  expect(formatOf('de', 'UTC').money(9_999_999_999_999_999n, 'USD')).toBe('99.999.999.999.999,99\u00a0$')
})

test('plurals follow the number', () => {
  const one = { one: '# pair', other: '# pairs' }
  expect([0, 1, 2, 1_000].map((n) => formatOf('en', 'UTC').count(n, one))).toEqual([
    '0 pairs',
    '1 pair',
    '2 pairs',
    '1,000 pairs',
  ])
  expect(written(EACH.ORDER_SHIPPED, 'de').body).toContain('1 Paar aus Ihrer')
  expect(written(EACH.ORDER_DELIVERED, 'de').body).toContain('3 Paar aus Ihrer')
})

test('a confirmation lists what was bought, at most 50 lines, and the total', () => {
  expect(written(EACH.ORDER_CONFIRMED, 'de').rows).toEqual([
    { label: '2 × Harbour Stripe – Navy / M', value: '23,38\u00a0€' },
    { label: 'Gesamtbetrag', value: '1.234,56\u00a0€' },
  ])
  const [line] = order.lines
  const many = { ...order, lines: Array.from({ length: 60 }, () => line).filter((one) => one !== undefined) }
  const facts = { details: EACH.ORDER_CONFIRMED, name: '', order: many }
  expect(write(facts, { ...style, language: 'en' }).rows).toHaveLength(51)
})

test('HTML holds no markup of a name, a title or a reason', () => {
  const evil = '<img src=x onerror=alert(1)>"&'
  const message = written({ kind: 'RETURN_REJECTED', rejection: evil }, 'en', evil)
  const { html, text } = mailOf(message, 'en')
  expect(html).not.toContain('<img')
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&amp;')
  expect(text).toContain(evil)
})

test('a guest is greeted without a name', () => {
  expect(written(EACH.ORDER_CONFIRMED, 'en', '').greeting).toBe('Hello,')
  expect(written(EACH.ORDER_CONFIRMED, 'de', '').greeting).toBe('Guten Tag,')
})

test('orders to countries that speak German are answered in German', () => {
  expect(['DE', 'AT', 'LI', 'GB', 'JP', ''].map(languageOf)).toEqual(['de', 'de', 'de', 'en', 'en', 'en'])
})

test('an answer to a guest is in the e-mail, whose answer comes back', () => {
  const text = 'We send you a new pair.\n\nIt takes two days.'
  const answered = { ...EACH.TICKET_ANSWERED, email: 'guest@argyle.example', text, replyTag: 'abc' } as const
  const message = written(answered, 'en', '')
  expect(message).toMatchObject({ action: null, replyTag: 'abc' })
  expect(message.paragraphs).toEqual([
    'We send you a new pair.',
    'It takes two days.',
    'You can answer this e-mail if it does not help.',
  ])
  expect(written({ ...answered, replyTag: null }, 'de', '').paragraphs).toHaveLength(2)
})

test.each([
  ['EMAIL_CHANGED', { kind: 'EMAIL_CHANGED', email: 'a@argyle.example' }],
  ['ACCOUNT_DELETED', EACH.ACCOUNT_DELETED],
  [
    'TICKET_ANSWERED',
    { ...EACH.TICKET_ANSWERED, email: 'guest@argyle.example', text: 'Yes.', replyTag: 'abc' },
  ],
] as const)('%s asks for an answer only where answers are read', (_, details) => {
  for (const [language, request] of [
    ['en', /answer this e-mail/],
    ['de', /auf diese E-Mail (?:antworten)?|antworten Sie bitte auf diese E-Mail/],
  ] as const) {
    const textOf = (isAnswered: boolean) =>
      write({ details, name: '', order: null }, { ...style, isAnswered, language }).paragraphs.join('\n')
    expect(textOf(true)).toMatch(request)
    expect(textOf(false).replace('Antworten auf diese E-Mail werden nicht gelesen', '')).not.toMatch(request)
  }
})

test('a digest has a line for each thing, and counts only what there is', () => {
  expect(written(EACH.STAFF_DIGEST, 'en')).toMatchObject({
    title: 'Since the last digest: 2 low stocks, 1 missed deadline, 2 failed refunds, 1 failed job',
    rows: [
      { label: 'CRW-1 Harbour Stripe', value: '4 available, reorder point 5' },
      { label: 'Ticket tkt_1', value: 'not resolved in time, HIGH' },
      { label: 'Order A-7K2M-9QX3', value: 'refund failed: account_closed' },
      { label: 'orders: payments.payment.captured', value: '1 failure' },
    ],
  })
  const none = { count: 0, lines: [] }
  const { title } = written({ ...EACH.STAFF_DIGEST, breaches: none, refunds: none, failures: none }, 'de')
  expect(title).toBe('Seit der letzten Übersicht: 2 knappe Bestände')
})
