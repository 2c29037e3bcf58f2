import { newId } from '@argyle/kit/ids'
import type { ServedSubgraph } from '@argyle/kit/serve'
import { serveWithoutTimers } from '@argyle/kit/testing/served'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { notifications } from './subgraph.ts'
import {
  LINK_KEY,
  type OpenNotifications,
  openNotifications,
  type SentMail,
} from './testing/open-notifications.ts'

let shop: OpenNotifications
let served: ServedSubgraph
beforeAll(async () => {
  shop = await openNotifications()
  served = await serveWithoutTimers(notifications, {
    databaseUrl: shop.databaseUrl,
    settings: {
      LINK_KEY: LINK_KEY.toString('base64url'),
      SMTP_URL: shop.mailbox.smtpUrl,
      STOREFRONT_URL: 'https://shop.example',
      PUBLIC_URL: 'https://shop.example',
    },
    clock: shop.now,
  })
})
afterAll(async () => {
  await served?.close()
  await shop.close()
})

const headerOf = (mail: SentMail | undefined, name: string) =>
  mail?.headers.find((one) => one.name.toLowerCase() === name)?.value

/** Where an e-mail is unsubscribed from: the path of its link, at the server of the test. */
function linkOf(mail: SentMail | undefined): string {
  const [, path = 'none'] =
    /^<https:\/\/shop\.example(\/unsubscribe\/[\w-]+)>$/.exec(headerOf(mail, 'list-unsubscribe') ?? '') ?? []
  return new URL(path, served.url).href
}

/** The request of a mail program (RFC 8058, 3.2). */
const oneClick = (link: string) =>
  fetch(link, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) })

async function ship(about: object) {
  const orderId = await shop.anOrder({ countryCode: 'GB', ...about })
  await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId: newId('shp') })
  await shop.work()
}

/** The e-mails to an address, of which there are as many. */
async function mails(email: string, count: number): Promise<SentMail[]> {
  const all = await shop.mailTo(email)
  expect(all).toHaveLength(count)
  return all
}

const shownTo = async (userId: string) => {
  const query = '{ notificationPreferences { version choices { kind channel isEnabled } } }'
  const { data } = await shop.execute(query, {}, customer(userId))
  const { version, choices } = data.notificationPreferences
  // Most text messages are off by default.
  const off = choices.filter(
    ({ kind, channel, isEnabled }: { kind: string; channel: string; isEnabled: boolean }) =>
      !isEnabled && channel !== 'SMS' && kind !== 'CAMPAIGN',
  )
  return {
    version,
    off: off.map(({ kind, channel }: { kind: string; channel: string }) => `${kind} ${channel}`),
  }
}

describe('an e-mail', () => {
  test('that can be turned off says where, in its headers and at its end; one click turns its kind off, once', async () => {
    const { userId, email } = await shop.aPerson()
    await ship({ customerId: userId })
    const [mail] = await mails(email, 1)
    expect(headerOf(mail, 'list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    const link = linkOf(mail)
    const path = new URL(link).pathname
    expect(mail?.text).toContain(`Unsubscribe from e-mails of this kind: https://shop.example${path}`)
    expect(mail?.html).toMatch(
      new RegExp(`href="https://shop.example${path}"[^>]*>Unsubscribe from e-mails of this kind</a>`),
    )
    for (let time = 0; time < 2; time++) expect((await oneClick(link)).status).toBe(200)
    // The body is ignored, whatever its type is.
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(link, { method: 'POST', body: '{', headers })).status).toBe(200)
    expect(await shownTo(userId)).toEqual({ version: 2, off: ['ORDER_SHIPPED EMAIL'] })
    await ship({ customerId: userId })
    await shop.deliverSample('shipping.shipment.delivered', {
      orderId: await shop.anOrder({ customerId: userId, countryCode: 'GB' }),
      shipmentId: newId('shp'),
    })
    await shop.work()
    const subjects = (await mails(email, 2)).map(({ subject }) => subject)
    expect(subjects).toEqual(['Order A-7K2M-9QX3 is on its way', 'Order A-7K2M-9QX3 has arrived'])
  })

  test('that is required cannot be turned off, and says nothing of it', async () => {
    const { userId, email } = await shop.aPerson()
    await shop.deliverSample('orders.order.confirmed', {
      orderId: await shop.anOrder({ customerId: userId }),
    })
    await shop.deliverSample('users.password.changed', { userId, email, changeId: newId('pwc') })
    await shop.work()
    for (const mail of await mails(email, 2)) {
      expect(headerOf(mail, 'list-unsubscribe')).toBeUndefined()
      expect(mail.text).not.toContain('unsubscribe')
    }
  })

  test('of a guest is turned off for the address, in German, and the link does not show the address', async () => {
    const email = `${newId('usr').slice(4)}@argyle.example`
    const about = { customerId: null, email, countryCode: 'AT' }
    await ship(about)
    const [mail] = await mails(email, 1)
    const link = linkOf(mail)
    expect(mail?.text).toContain('E-Mails dieser Art abbestellen: ')
    const asked = await (await fetch(link)).text()
    expect(asked).toContain('Möchten Sie E-Mails dieser Art abbestellen?')
    expect(Buffer.from(link.split('/').at(-1) ?? '', 'base64url').toString('latin1')).not.toContain(email)
    const done = await oneClick(link)
    expect([done.status, await done.text()]).toEqual([
      200,
      expect.stringContaining('Sie erhalten diese E-Mails nicht mehr.'),
    ])
    await ship(about)
    expect(await shop.mailTo(email)).toHaveLength(1)
  })
})

/** Headers of every page: it is kept nowhere, names its token to nobody, and runs no script. */
const PRIVATE = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
}

describe('a link', () => {
  test('asks before it does anything when it is opened, since scanners open links', async () => {
    const { userId, email } = await shop.aPerson()
    await ship({ customerId: userId })
    const link = linkOf((await mails(email, 1))[0])
    const page = await fetch(link)
    const body = await page.text()
    expect(page.status).toBe(200)
    expect(Object.fromEntries(page.headers)).toMatchObject(PRIVATE)
    const actions = [...body.matchAll(/action="([^"]*)"/g)].map(([, action]) => action)
    expect(actions).toEqual([new URL(link).pathname, `${new URL(link).pathname}?all=1`])
    expect(body).toContain('<meta name="robots" content="noindex">')
    expect(await shownTo(userId)).toEqual({ version: 1, off: [] })
    // Any other value turns the one kind off, as none does.
    expect((await oneClick(`${link}?all=0`)).status).toBe(200)
    expect((await shownTo(userId)).off).toEqual(['ORDER_SHIPPED EMAIL'])
    const done = await oneClick(`${link}?all=1`)
    expect(done.status).toBe(200)
    expect(Object.fromEntries(done.headers)).toMatchObject(PRIVATE)
    const { off } = await shownTo(userId)
    expect(off).toContain('REVIEW_PUBLISHED EMAIL')
    expect(off.filter((one: string) => /PASSWORD|CONFIRMED|PAYMENT|IN_APP/.test(one))).toEqual([])
  })

  test.each([
    ['nothing', ''],
    ['another alphabet', '%C3%A9'],
    ['what was made up', 'A'.repeat(200)],
    ['too much', 'A'.repeat(2_000)],
  ])('of %s turns nothing off', async (_, token) => {
    const link = new URL(`/unsubscribe/${token}`, served.url).href
    for (const answer of [await fetch(link), await oneClick(link)]) {
      expect(answer.status).toBe(404)
      expect(Object.fromEntries(answer.headers)).toMatchObject(PRIVATE)
    }
  })

  test('with one changed letter turns nothing off', async () => {
    const { userId, email } = await shop.aPerson()
    await ship({ customerId: userId })
    const link = linkOf((await mails(email, 1))[0])
    const changed = link.slice(0, -20) + (link.at(-20) === 'A' ? 'B' : 'A') + link.slice(-19)
    expect((await oneClick(changed)).status).toBe(404)
    expect(await shownTo(userId)).toMatchObject({ off: [] })
  })

  test('takes no body of more than 10 kB', async () => {
    const { email, userId } = await shop.aPerson()
    await ship({ customerId: userId })
    const link = linkOf((await mails(email, 1))[0])
    const statusOf = async (length: number) =>
      (await fetch(link, { method: 'POST', body: 'x'.repeat(length) })).status
    expect([await statusOf(10_001), await statusOf(10_000)]).toEqual([413, 200])
  })
})

test('without MAIL_REPORT_KEY there is no path for reports of a mail server', async () => {
  const headers = { 'content-type': 'message/rfc822', authorization: 'Bearer' }
  const answer = await fetch(new URL('/mail-reports', served.url), { method: 'POST', body: 'x', headers })
  expect(answer.status).toBe(404)
})
