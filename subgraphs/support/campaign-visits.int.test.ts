import type { ServedSubgraph } from '@argyle/kit/serve'
import { serveWithoutTimers } from '@argyle/kit/testing/served'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { support } from './subgraph.ts'
import { campaignsOf } from './testing/a-campaign.ts'
import { type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
let crm: ReturnType<typeof campaignsOf>
let served: ServedSubgraph
beforeAll(async () => {
  shop = await openSupport()
  crm = campaignsOf(shop)
  served = await serveWithoutTimers(support, {
    databaseUrl: shop.databaseUrl,
    settings: { STOREFRONT_URL: 'https://shop.example/' },
    clock: () => shop.passMinutes(0),
  })
})
afterAll(async () => {
  await served?.close()
  await shop.close()
})

/** A campaign that was sent to two persons. Resolves to its id and the path of the link of one. */
async function sent(linkPath: string) {
  const { segmentId } = await crm.anAudience(2)
  const id = await crm.aScheduledCampaign(segmentId, { linkPath })
  await crm.run()
  const [message] = await crm.recipients(id)
  return { id, path: `/c/${message?.token}` }
}
const visit = (path: string, method = 'GET') =>
  fetch(new URL(path, served.url), { method, redirect: 'manual' })
const counts = async (id: string) => {
  const [{ opened, clicked }] = await crm.results(id)
  return { opened, clicked }
}

/** Headers of every answer: it is kept nowhere, and names its token to nobody. */
const PRIVATE = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

test.each(['/', '/products/acorn?from=mail#top', '/@shop'])(
  'a link leads to %s of the storefront, and the first click is counted',
  async (linkPath) => {
    const { id, path } = await sent(linkPath)
    for (let count = 0; count < 2; count++) {
      const { status, headers } = await visit(path)
      expect(status).toBe(302)
      expect(Object.fromEntries(headers)).toMatchObject({
        location: `https://shop.example${linkPath}`,
        ...PRIVATE,
      })
      shop.passMinutes(1)
    }
    expect(await counts(id)).toEqual({ opened: 0, clicked: 1 })
    expect(await crm.recipients(id)).toMatchObject([
      { clicked_at: shop.passMinutes(-2) },
      { clicked_at: null },
    ])
    shop.passMinutes(2)
  },
)

test('the picture of an e-mail counts the first opening, whoever asks for it twice', async () => {
  const { id, path } = await sent('/')
  for (let count = 0; count < 2; count++) {
    const answer = await visit(`${path}.gif`)
    expect(answer.status).toBe(200)
    expect(Object.fromEntries(answer.headers)).toMatchObject({ 'content-type': 'image/gif', ...PRIVATE })
    expect(
      Buffer.from(await answer.arrayBuffer())
        .subarray(0, 6)
        .toString(),
    ).toBe('GIF89a')
    shop.passMinutes(1)
  }
  expect(await counts(id)).toEqual({ opened: 1, clicked: 0 })
  expect(await crm.recipients(id)).toMatchObject([{ opened_at: shop.passMinutes(-2) }, { opened_at: null }])
  shop.passMinutes(2)
})

test('a HEAD request, as of scanners, is answered and not counted', async () => {
  const { id, path } = await sent('/')
  expect((await visit(path, 'HEAD')).status).toBe(302)
  expect((await visit(`${path}.gif`, 'HEAD')).status).toBe(200)
  expect(await counts(id)).toEqual({ opened: 0, clicked: 0 })
})

test.each([
  ['nothing', '/c/'],
  ['a token that was made up', `/c/${'A'.repeat(22)}`],
  ['a longer one', `/c/${'A'.repeat(2_000)}`],
  ['an address', '/c/https://evil.example/'],
  ['another host', '/c///evil.example'],
  ['a way out', '/c/..%2f..%2fevil'],
  ['a null', '/c/%00'],
  ['a picture of no token', '/c/x.gif'],
  ['another ending', `/c/${'A'.repeat(22)}.html`],
])('%s leads nowhere', async (_, path) => {
  const answer = await visit(path)
  const { status, headers } = answer
  expect([status, headers.get('location')]).toEqual([404, null])
  expect(await answer.text()).toContain('Please use the complete link from the e-mail.')
  const page = { 'content-type': 'text/html; charset=utf-8', ...PRIVATE }
  expect(Object.fromEntries(headers)).toMatchObject(page)
})

test('an invalid token gets the same picture, so that it reveals nothing', async () => {
  expect((await visit(`/c/${'A'.repeat(22)}.gif`)).status).toBe(200)
})

test('a link is a GET: another method changes nothing', async () => {
  const { id, path } = await sent('/')
  expect((await visit(path, 'POST')).status).toBe(404)
  expect(await counts(id)).toEqual({ opened: 0, clicked: 0 })
})
