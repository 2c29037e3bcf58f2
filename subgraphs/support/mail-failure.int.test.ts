import type { ServedSubgraph } from '@argyle/kit/serve'
import { serveWithoutTimers } from '@argyle/kit/testing/served'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { support } from './subgraph.ts'
import { type OpenSupport, openSupport } from './testing/open-support.ts'

const settings = { SUPPORT_MAIL_KEY: Buffer.alloc(32, 7).toString('base64url') }
let shop: OpenSupport
let served: ServedSubgraph
beforeAll(async () => {
  shop = await openSupport(settings)
  served = await serveWithoutTimers(support, {
    databaseUrl: shop.databaseUrl,
    settings: { STATEMENT_SECONDS: '60', ...settings },
  })
})
afterAll(async () => {
  await served?.close()
  await shop.close()
})

async function sent(id: string): Promise<Response> {
  const headers = { 'content-type': 'message/rfc822', authorization: `Bearer ${settings.SUPPORT_MAIL_KEY}` }
  const body = `From: ada@mail.example\r\nTo: support@argyle.example\r\nMessage-ID: <${id}@mail.example>\r\n\r\nWhere is my parcel?`
  return fetch(new URL('/mail', served.url), { method: 'POST', headers, body })
}
const statusOf = async (id: string) => (await sent(id)).status

test('four e-mails are read at once; one more is to be sent again in five seconds', async () => {
  const { reading, refused } = await shop.resources.prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe('LOCK TABLE inbound_mail IN ACCESS EXCLUSIVE MODE')
    const reading = ['a', 'b', 'c', 'd'].map(statusOf)
    await shop.untilWaiting(4, reading)
    return { reading, refused: await sent('e') }
  })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await refused.json()).toEqual({ result: 'LATER' })
  expect(await Promise.all(reading)).toEqual([200, 200, 200, 200])
})

test('e-mails are taken again after more failed inside than are read at once', async () => {
  const ids = [1, 2, 3, 4, 5].map(String)
  await shop.sql('ALTER TABLE inbound_mail RENAME TO lost')
  for (const id of ids) expect(await statusOf(id)).toBe(500)
  await shop.sql('ALTER TABLE lost RENAME TO inbound_mail')
  for (const id of ids) expect(await statusOf(id)).toBe(200)
})
