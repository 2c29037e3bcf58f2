import { expect, test } from 'vitest'
import type { Plan } from '../../seed/plan.ts'
import type { Shop } from '../start/start-shop.ts'
import { banner, bestSeller } from './banner.ts'
import { DEMO_ACCOUNTS } from './demo-accounts.ts'

const plan: Plan = { seed: 1, size: 'tiny', today: Date.parse('2026-11-21') }

const shop = (seed: Plan | null) =>
  // The parts of a shop that are shown.
  ({
    url: 'http://127.0.0.1:4000/graphql',
    gatewayUrl: 'http://0.0.0.0:4051',
    inboxUrl: 'http://127.0.0.1:4052/',
    subgraphs: [
      { name: 'users', url: 'http://127.0.0.1:4001/graphql' },
      { name: 'notifications', url: 'http://127.0.0.1:4009/graphql' },
    ],
    accounts: DEMO_ACCOUNTS,
    seed,
  }) as unknown as Shop

const START = `
Argyle is ready.

  GraphQL endpoint   http://localhost:4000/graphql
  Explorer           http://localhost:4000/ (in a browser)
  users              http://localhost:4001/graphql
  notifications      http://localhost:4009/graphql
  Sandbox gateway    http://localhost:4051
  Inbox              http://localhost:4052 (every e-mail and text message that the shop sends)

  Customer           ada@argyle.example   password: warm-feet-all-winter
  Staff member       sam@argyle.example   password: warm-feet-all-winter
`
const END = `
Type "help" for what can be tried while it runs; ctrl-c stops everything.
`

test('a shop that is ready shows its addresses and accounts', () => {
  expect(banner(shop(null))).toBe(START + END)
})

test('where there are products, a query for the page of a best seller can be pasted', () => {
  const shown = banner(shop(plan))
  expect(
    shown.startsWith(`${START}\nA product page to paste into the explorer:\n\n{\n  product(slug: "`),
  ).toBe(true)
  expect(shown.endsWith(`\n}\n${END}`)).toBe(true)
  expect(shown).toContain(`product(slug: "${bestSeller(plan)}")`)
  expect(bestSeller(plan)).toMatch(/crew-socks/)
})
