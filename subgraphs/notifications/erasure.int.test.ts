import { newId } from '@argyle/kit/ids'
import { seal } from '@argyle/kit/sealed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  LINK_KEY,
  type OpenNotifications,
  openNotifications,
  sampleOf,
} from './testing/open-notifications.ts'

let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications()
})
afterAll(() => shop.close())

const forget = (userId: string) => shop.hear('users.account.deleted', { userId }, { sequence: 9 })
const subjectsTo = async (email: string) => (await shop.mailTo(email)).map(({ subject }) => subject)

/** The rows of all tables that hold a text. */
async function holding(text: string): Promise<string[]> {
  const found: string[] = []
  for (const table of ['person', 'known_order', 'occasion', 'notification']) {
    const rows = await shop.sql(`SELECT 1 FROM ${table} t WHERE t::text LIKE '%' || $1 || '%'`, text)
    found.push(...rows.map(() => table))
  }
  return found
}

test('a deleted account is told once at its address, however often it is heard; nothing else of it stays', async () => {
  const { userId, email } = await shop.aPerson()
  const claimed = await shop.anOrder({ customerId: null, email })
  await shop.hear('orders.order.confirmed', { orderId: claimed })
  await shop.hear('orders.order.confirmed', { orderId: await shop.anOrder({ customerId: userId }) })
  await shop.work()
  await shop.hear('orders.order.claimed', { orderId: claimed, customerId: userId })
  // One that is planned, and not sent.
  await shop.hear('users.password.changed', { userId, changeId: newId('pwc') })
  await shop.occasions.planDue()
  for (let time = 0; time < 3; time++) await forget(userId)
  await shop.work()
  expect((await subjectsTo(email)).at(-1)).toBe('Your account is deleted')
  expect(await subjectsTo(email)).toHaveLength(3)
  expect(await holding(email)).toEqual(['occasion', 'notification'])
  shop.pass(7 * 24 * 3_600_000 + 1)
  await shop.occasions.forget()
  expect(await holding(email)).toEqual([])
  expect(await shop.sql('SELECT 1 FROM notification WHERE user_id = $1', userId)).toEqual([])
})

test('nobody is told of a deleted account, whatever comes late, and its address does not come back', async () => {
  const { userId, email } = await shop.aPerson()
  const orderId = await shop.anOrder({ customerId: null, email })
  await shop.hear('orders.order.claimed', { orderId, customerId: userId })
  await forget(userId)
  await shop.work()
  await shop.deliver(
    'users.contact.changed',
    { userId, email, displayName: 'Ada' },
    { subject: userId, sequence: 8 },
  )
  await shop.hear('orders.order.summarised', { orderId, customerId: null, email }, { sequence: 5 })
  await shop.hear('shipping.shipment.delivered', { orderId, shipmentId: newId('shp') })
  await shop.hear('users.password.changed', { userId, changeId: newId('pwc') })
  const sealedToken = Buffer.from(seal(LINK_KEY, Buffer.from('t'))).toString('base64url')
  const expiresAt = new Date(shop.now().getTime() + 60_000).toISOString()
  await shop.hear('users.link.made', { linkId: newId('lnk'), userId, email, sealedToken, expiresAt })
  await shop.work()
  expect(await subjectsTo(email)).toEqual(['Your account is deleted'])
  expect(await shop.sql('SELECT email, display_name FROM person WHERE user_id = $1', userId)).toEqual([
    { email: null, display_name: '' },
  ])
  expect(await shop.sql('SELECT email FROM known_order WHERE order_id = $1', orderId)).toEqual([
    { email: null },
  ])
})

test('a deletion that is heard before the account, or told again, sends nothing', async () => {
  const [unknown, replayed] = [newId('usr'), await shop.aPerson()]
  await forget(unknown)
  const email = `${unknown.slice(4)}@argyle.example`
  await shop.deliver(
    'users.contact.changed',
    { userId: unknown, email, displayName: 'Ada' },
    { subject: unknown, sequence: 1 },
  )
  const sample = sampleOf('users', 'users.account.deleted')
  const data = { ...sample.data, userId: replayed.userId }
  const message = { ...sample, id: newId('evt'), subject: replayed.userId, sequence: 9, data, replayed: true }
  await shop.deliver('notifications.replay', { messages: [message] })
  await shop.work()
  expect([await subjectsTo(email), await subjectsTo(replayed.email)]).toEqual([[], []])
  expect(await holding(replayed.email)).toEqual([])
})
