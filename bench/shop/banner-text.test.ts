import { expect, test } from 'vitest'
import type { Shop } from '../../dev/shop/start/start-shop.ts'
import { SUBGRAPH_NAMES } from '../../dev/shop/subgraphs/subgraphs.ts'
import { banner, productPageQuery } from '../../dev/shop/terminal/banner.ts'
import { DEMO_ACCOUNTS } from '../../dev/shop/terminal/demo-accounts.ts'
import { readBanner, readStackBanner } from './banner-text.ts'

function subgraph(name: string, index: number) {
  const port = 4001 + index
  const nothing = async () => {}
  return {
    name,
    port,
    url: `http://127.0.0.1:${port}/graphql`,
    isRunning: () => true,
    stop: nothing,
    start: nothing,
    replace: nothing,
  }
}

const shop: Shop = {
  url: 'http://localhost:4000/graphql',
  gatewayUrl: 'http://localhost:4051',
  carrierUrl: 'http://localhost:4900',
  inboxUrl: 'http://localhost:4052',
  smtpUrl: 'smtp://127.0.0.1:4025',
  subgraphs: SUBGRAPH_NAMES.map(subgraph),
  subgraph: (name) => subgraph(name, SUBGRAPH_NAMES.indexOf(name)),
  accounts: DEMO_ACCOUNTS,
  seed: { seed: 1, size: 'demo', today: Date.UTC(2026, 10, 21) },
  lost: new Promise(() => {}),
  stop: async () => {},
}

test('the printed text of the shop is parsed', () => {
  const read = readBanner(banner(shop))
  expect(read?.url.href).toBe('http://localhost:4000/graphql')
  expect(read?.subgraphs.get('users')?.href).toBe('http://localhost:4001/graphql')
  expect(read?.subgraphs.get('orders')?.href).toBe('http://localhost:4005/graphql')
  expect(read?.query).toBe(productPageQuery(/slug: "([^"]+)"/.exec(read?.query ?? '')?.[1] ?? ''))
})

test('an incomplete text is null', () => {
  const whole = banner(shop)
  expect(readBanner('')).toBeNull()
  expect(readBanner(whole.slice(0, whole.indexOf('ctrl-c')))).toBeNull()
  expect(readBanner(whole.replace('Explorer', '').replace(/http:\S+4003\S+/, ''))).toBeNull()
})

test('the printed text of a stack is parsed once it is complete', () => {
  const whole = '\n  users-1  ready\n\n  GraphQL endpoint  http://localhost:4000/graphql\n'
  expect(readStackBanner(whole)).toBeNull()
  const read = readStackBanner(
    `${whole}\nType "status" for the health of each process; ctrl-c stops everything.\n`,
  )
  expect(read?.url.href).toBe('http://localhost:4000/graphql')
})
