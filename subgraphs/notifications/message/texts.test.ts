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

/** Each kind, and its other cases. */
const CASES: readonly (readonly [heading: string, details: Details])[] = [
  ...Object.values(EACH).map((details) => [details.kind, details] as const),
  ...REASONS.map((reason) => [`ORDER_CANCELLED, ${reason}`, { ...EACH.ORDER_CANCELLED, reason }] as const),
  ['PAYMENT_FAILED, for another reason', { ...EACH.PAYMENT_FAILED, code: 'card_declined' }],
  [
    'ORDER_SHIPPED, in one parcel without a number',
    { kind: 'ORDER_SHIPPED', units: 2, parcelCount: 1, trackingNumber: null },
  ],
  [
    'EMAIL_CHANGED, to an address that was not proved',
    { kind: 'EMAIL_CHANGED', email: 'ada@argyle.example' },
  ],
  [
    'TICKET_ANSWERED, to a guest',
    { ...EACH.TICKET_ANSWERED, email: 'guest@argyle.example', text: 'Yes.', replyTag: 'abc' },
  ],
]

const HEAD = `# The texts of messages

Each message as the plain text of its e-mail, then as a text message. \`npx vitest run subgraphs/notifications/message/texts.test.ts -u\`
writes this page; the test compares it.
`

const fenced = (text: string) => `\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`
const wordsOf = (html: string) =>
  html
    .replace(/^[\s\S]*<h1>/, '')
    .replaceAll(/<[^>]*>/g, '')
    .trim()

function sectionOf(language: Language): string {
  const messages = CASES.map(([heading, details]) => {
    const about = OF_ACCOUNTS.includes(details.kind) ? null : order
    const message = write({ details, name: 'Ada', order: about }, { ...style, language })
    const { subject, text } = mailOf(message, language, { token: 'the-token' })
    return `\n### ${heading}\n${fenced(`${subject}\n\n${text}`)}${fenced(smsOf(message, '012345'))}`
  })
  const pages = [askPage(language, 'the-token'), donePage(language), unknownPage()].map(wordsOf)
  return `\n## ${LANGUAGES[language]}\n${messages.join('')}\n### Pages of the link to unsubscribe\n${pages.map(fenced).join('')}`
}

test('the texts of all messages, in all languages, are those of texts.md', async () => {
  const page = HEAD + (['en', 'de'] as const).map(sectionOf).join('')
  await expect(page).toMatchFileSnapshot('texts.md')
})
