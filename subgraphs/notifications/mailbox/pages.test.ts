import { expect, test } from 'vitest'
import type { Letter } from './letter.ts'
import { inboxPage, letterPage, notFoundPage, storefrontPage } from './pages.ts'
import { storefrontOf } from './storefront.ts'

const LETTER: Letter = {
  ...{ id: 'eml_1', from: 'shop@argyle.example', to: ['ada@argyle.example', 'b@argyle.example'] },
  ...{ subject: 'A <b> & "c"', receivedAt: '2026-11-21T09:30:15.123Z', text: '1 < 2', html: '<p>Hi</p>' },
  headers: [
    { name: 'From', value: 'Argyle <shop@argyle.example>' },
    { name: 'To', value: 'ada@argyle.example' },
  ],
}

const PATHS = [
  '/account/reset-password',
  '/account/verify-email',
  '/account/change-email',
  '/account/undo-email-change',
  '/account/forgotten-password',
  '/account/reviews',
  '/account/tickets',
  '/staff',
  '/products',
  '/orders/A-7K2M-9QX3',
]

const STOREFRONTS = PATHS.map((path) => {
  const storefront = storefrontOf(path)
  if (!storefront) throw new Error(`${path} has no page`)
  return [path, storefrontPage(storefront)] as const
})

const PAGES = [
  ['the inbox', inboxPage([LETTER, { ...LETTER, subject: '' }], 'ada@', 'smtp://127.0.0.1:2525')],
  ['an empty inbox', inboxPage([], '', 'smtp://127.0.0.1:2525')],
  ['an e-mail', letterPage(LETTER)],
  ['an e-mail without HTML', letterPage({ ...LETTER, html: null })],
  ['no such e-mail', notFoundPage()],
  ...STOREFRONTS,
] as const

const HEAD = `# The pages of the mailbox

\`npx vitest run subgraphs/notifications/mailbox/pages.test.ts -u\` writes this page; the test compares it.
`

test('the pages are those of pages.md', async () => {
  const sections = PAGES.map(([name, page]) => `\n## ${name}\n\n\`\`\`html\n${page.trimEnd()}\n\`\`\`\n`)
  await expect(HEAD + sections.join('')).toMatchFileSnapshot('pages.md')
})

test('a path has a page only if an e-mail links to it', () => {
  expect(storefrontOf('/products/fjord-socks')).toEqual(storefrontOf('/products'))
  for (const path of [
    '/',
    '/account',
    '/products/a/b',
    '/products/a.b',
    '/orders',
    '/orders/a-1',
    '/x/staff',
  ])
    expect(storefrontOf(path)).toBeNull()
  expect(storefrontOf(`/products/${'a'.repeat(101)}`)).toBeNull()
  expect(storefrontOf(`/orders/${'A'.repeat(31)}`)).toBeNull()
})
