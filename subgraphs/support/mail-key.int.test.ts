import { type ServedSubgraph, serveSubgraph } from '@argyle/kit/serve'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { support } from './subgraph.ts'
import { type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
let served: ServedSubgraph
beforeAll(async () => {
  shop = await openSupport()
  served = await serveSubgraph(support, {
    settings: {
      PORT: '0',
      DATABASE_URL: shop.databaseUrl,
      INTERNAL_TOKEN_KEY: Buffer.alloc(32, 1).toString('base64url'),
    },
    log: pino({ level: 'silent' }),
  })
})
afterAll(async () => {
  await served?.close()
  await shop.close()
})

test('without SUPPORT_MAIL_KEY there is no path for e-mails', async () => {
  expect((await fetch(new URL('/mail', served.url), { method: 'POST' })).status).toBe(404)
})
