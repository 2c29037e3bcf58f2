import { expect, test } from 'vitest'
import type { Details } from '../occasion/occasion.ts'
import { askPage, donePage, unknownPage } from '../preference/unsubscribe-page.ts'
import { EACH, OF_ACCOUNTS, order, style } from '../testing/each-message.ts'
import type { Language } from './format.ts'
import { mailOf } from './mail.ts'
import { write } from './message.ts'
import { smsOf } from './sms-text.ts'

const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' }
const REASONS = ['OUT_OF_STOCK', 'PAYMENT_TIMEOUT', 'CUSTOMER_REQUEST', 'FRAUD', 'ADDRESS_REMOVED'] as const

const UNPROVED: Details = { kind: 'EMAIL_CHANGED', email: 'ada@argyle.example' }
const TO_GUEST: Details = {
  ...{ ...EACH.TICKET_ANSWERED, email: 'guest@argyle.example' },
  ...{ text: 'Yes.', replyTag: 'abc' },
}

/** Each kind, and its other cases. */
const CASES: readonly (readonly [heading: string, details: Details, isAnswered?: boolean])[] = [
  ...Object.values(EACH).map((details) => [details.kind, details] as const),
  ...REASONS.map((reason) => [`ORDER_CANCELLED, ${reason}`, { ...EACH.ORDER_CANCELLED, reason }] as const),
  ['ORDER_CANCELLED, for another reason', { ...EACH.ORDER_CANCELLED, reason: null }],
  ['PAYMENT_FAILED, for another reason', { ...EACH.PAYMENT_FAILED, code: 'card_declined' }],
  [
    'ORDER_SHIPPED, in one parcel without a number',
    { kind: 'ORDER_SHIPPED', units: 2, parcelCount: 1, trackingNumber: null },
  ],
  ['ORDER_DELIVERED, of one pair', { ...EACH.ORDER_DELIVERED, units: 1 }],
  ['RETURN_REJECTED, without a reason', { ...EACH.RETURN_REJECTED, rejection: null }],
  ['REVIEW_PUBLISHED, with one star', { ...EACH.REVIEW_PUBLISHED, rating: 1 }],
  [
    'STAFF_DIGEST, of other counts',
    {
      kind: 'STAFF_DIGEST',
      lowStock: { count: 1, lines: [] },
      breaches: { count: 2, lines: [{ ticketId: 'tkt_2', clock: 'FIRST_RESPONSE', priority: 'LOW' }] },
      refunds: { count: 1, lines: [] },
      failures: { count: 2, lines: [{ consumer: 'search', type: 'orders.order.paid', times: 2 }] },
    },
  ],
  ['CAMPAIGN, with a code', { ...EACH.CAMPAIGN, couponCode: 'WARM-7' }],
  ['EMAIL_CHANGED, to an address that was not proved', UNPROVED],
  ['TICKET_ANSWERED, to a guest', TO_GUEST],
  ['EMAIL_CHANGED, to an address that was not proved, where answers are not read', UNPROVED, false],
  ['TICKET_ANSWERED, to a guest, where answers are not read', TO_GUEST, false],
  ['ACCOUNT_DELETED, where answers are not read', EACH.ACCOUNT_DELETED, false],
]

const HEAD = `# The texts of messages

Each message as the plain text of its e-mail, then as a text message; at the end an e-mail as HTML. \`npx vitest run subgraphs/notifications/message/texts.test.ts -u\`
writes this page; the test compares it.
`

const fenced = (text: string) => `\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`
const wordsOf = (html: string) =>
  html
    .replace(/^[\s\S]*<h1>/, '')
    .replaceAll(/<[^>]*>/g, '')
    .trim()

function sectionOf(language: Language): string {
  const messages = CASES.map(([heading, details, isAnswered = true]) => {
    const about = OF_ACCOUNTS.includes(details.kind) ? null : order
    const message = write({ details, name: 'Ada', order: about }, { ...style, language, isAnswered })
    const { subject, text } = mailOf(message, language, { token: 'the-token' })
    return `\n### ${heading}\n${fenced(`${subject}\n\n${text}`)}${fenced(smsOf(message, '012345'))}`
  })
  const pages = [askPage(language, 'the-token'), donePage(language), unknownPage()].map(wordsOf)
  return `\n## ${LANGUAGES[language]}\n${messages.join('')}\n### Pages of the link to unsubscribe\n${pages.map(fenced).join('')}`
}

/** An e-mail with all parts that there are. */
function htmlSection(): string {
  const facts = { details: EACH.ORDER_CONFIRMED, name: 'Ada & Bo', order }
  const message = { ...write(facts, { ...style, language: 'en' }), pixelUrl: 'https://graph.example/c/a.gif' }
  const { html } = mailOf(message, 'en', { unsubscribe: 'https://graph.example/unsubscribe/the-token' })
  return `\n## An e-mail as HTML\n\n\`\`\`html\n${html.trimEnd()}\n\`\`\`\n`
}

test('the texts of all messages, in all languages, are those of texts.md', async () => {
  const page = HEAD + (['en', 'de'] as const).map(sectionOf).join('') + htmlSection()
  await expect(page).toMatchFileSnapshot('texts.md')
})
