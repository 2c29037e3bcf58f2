import type { AddressInfo } from 'node:net'
import { newId } from '@argyle/kit/ids'
import { sequentialDatabase } from '@argyle/kit/testing/row-order'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONNECTIONS } from './delivery/email.ts'
import { type OpenNotifications, openNotifications } from './testing/open-notifications.ts'

/** Answers that a server withholds, and the callers that wait for a number of them. */
const held: (() => void)[] = []
let onHeld = () => {}
const taken: string[] = []

/** A server that accepts e-mails at once, except for those to `slow…`. */
const server = new SMTPServer({
  authOptional: true,
  disableReverseLookup: true,
  disabledCommands: ['AUTH', 'STARTTLS'],
  onData(stream, { envelope: { rcptTo } }, callback) {
    stream.resume()
    stream.on('end', () => {
      const to = rcptTo[0]?.address ?? ''
      taken.push(to)
      if (!to.startsWith('slow')) return callback(null, 'taken')
      held.push(() => callback(null, 'taken'))
      onHeld()
    })
  },
})

let shop: OpenNotifications
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens has an address object.
  const { port } = server.server.address() as AddressInfo
  // The order of the e-mails is that of their claim, not of an index.
  const database = await sequentialDatabase('notifications')
  shop = await openNotifications({ SMTP_URL: `smtp://127.0.0.1:${port}` }, { database })
})
afterAll(async () => {
  await shop.close()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

/** Resolves once the server withholds this number of answers. */
const holding = (count: number) =>
  new Promise<void>((resolve) => {
    onHeld = () => {
      if (held.length >= count) resolve()
    }
    onHeld()
  })

test('a slow server holds up e-mails of campaigns alone, and none is claimed that would wait for a connection', async () => {
  const most = CONNECTIONS + 2
  for (let at = 0; at < most; at++) {
    const { userId } = await shop.aPerson({ email: `slow${at}@argyle.example` })
    await shop.sql(`INSERT INTO opt_in VALUES ($1, 'CAMPAIGN', 'EMAIL', $2) RETURNING 1`, userId, shop.now())
    await shop.deliverSample('support.campaign.messaged', {
      expiresAt: new Date(shop.now().getTime() + 86_400_000).toISOString(),
      recipients: [{ userId, messageId: newId('cms'), path: '/c/t', couponCode: null }],
    })
  }
  const { userId } = await shop.aPerson({ email: 'ada@argyle.example' })
  await shop.deliverSample('orders.order.confirmed', { orderId: await shop.anOrder({ customerId: userId }) })
  await shop.occasions.planDue()
  // The last ones have waited longest.
  await shop.sql(
    `UPDATE notification SET available_at = available_at - substring(address FROM '\\d+')::int * interval '1 second'
      WHERE kind = 'CAMPAIGN' RETURNING 1`,
  )
  const campaigns = shop.deliveries.sendDue('CAMPAIGN')
  await holding(CONNECTIONS)
  const claimed = await shop.sql(
    `SELECT address FROM notification WHERE kind = 'CAMPAIGN' AND attempts > 0 ORDER BY address`,
  )
  const oldest = Array.from({ length: CONNECTIONS }, (_, index) => most - CONNECTIONS + index)
  expect(claimed).toEqual(oldest.map((at) => ({ address: `slow${at}@argyle.example` })))
  await shop.deliveries.sendDue('EMAIL')
  expect(taken).toContain('ada@argyle.example')
  expect(taken).toHaveLength(CONNECTIONS + 1)
  for (const answer of held.splice(0)) answer()
  await holding(most - CONNECTIONS)
  for (const answer of held.splice(0)) answer()
  await campaigns
  const states = await shop.sql(`SELECT DISTINCT status, attempts FROM notification WHERE kind = 'CAMPAIGN'`)
  expect(states).toEqual([{ status: 'SENT', attempts: 1 }])
})
