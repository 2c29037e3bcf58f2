import { newId } from '@argyle/kit/ids'
import { seal } from '@argyle/kit/sealed'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetGuestAddresses } from './copies.ts'
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

const forget = (userId: string) => shop.deliverSample('users.account.deleted', { userId }, { sequence: 9 })
const subjectsTo = async (email: string) => (await shop.mailTo(email)).map(({ subject }) => subject)

/** The rows of all tables that contain a text. */
async function holding(text: string): Promise<string[]> {
  const found: string[] = []
  for (const table of ['person', 'known_order', 'occasion', 'notification']) {
    const rows = await shop.sql(`SELECT 1 FROM ${table} t WHERE t::text LIKE '%' || $1 || '%'`, text)
    found.push(...rows.map(() => table))
  }
  return found
}

test('a deleted account gets one e-mail, however often the event arrives; nothing else of it stays', async () => {
  const { userId, email } = await shop.aPerson()
  const claimed = await shop.anOrder({ customerId: null, email })
  await shop.deliverSample('orders.order.confirmed', { orderId: claimed })
  await shop.deliverSample('orders.order.confirmed', { orderId: await shop.anOrder({ customerId: userId }) })
  await shop.work()
  await shop.deliverSample('orders.order.claimed', { orderId: claimed, customerId: userId })
  // A planned message that has not been sent.
  await shop.deliverSample('users.password.changed', { userId, email, changeId: newId('pwc') })
  await shop.occasions.planDue()
  for (let time = 0; time < 3; time++) await forget(userId)
  await shop.work()
  expect((await subjectsTo(email)).at(-1)).toBe('Your account is deleted')
  expect(await subjectsTo(email)).toHaveLength(3)
  expect(await holding(email)).toEqual(['occasion', 'notification'])
  shop.pass(7 * 24 * 3_600_000)
  await shop.occasions.forget()
  expect(await holding(email)).toEqual(['occasion', 'notification'])
  shop.pass(1)
  await shop.occasions.forget()
  expect(await holding(email)).toEqual([])
  expect(await shop.sql('SELECT 1 FROM notification WHERE user_id = $1', userId)).toEqual([])
})

test('late messages about a deleted account are sent to nobody, and its address does not return', async () => {
  const { userId, email } = await shop.aPerson()
  const orderId = await shop.anOrder({ customerId: null, email })
  await shop.deliverSample('orders.order.claimed', { orderId, customerId: userId })
  const roles = { userId, roles: ['WAREHOUSE'] }
  await shop.deliverSample('users.roles.changed', roles, { sequence: 3 })
  await forget(userId)
  await shop.work()
  const about = { subject: userId, sequence: 8 }
  await shop.deliver('users.contact.changed', { userId, email, displayName: 'Ada' }, about)
  await shop.deliver('users.email.verified', { userId, email }, about)
  await shop.deliver('users.roles.changed', roles, about)
  await shop.deliverSample('orders.order.summarised', { orderId, customerId: null, email }, { sequence: 5 })
  await shop.deliverSample('shipping.shipment.delivered', { orderId, shipmentId: newId('shp') })
  await shop.deliverSample('users.password.changed', { userId, email, changeId: newId('pwc') })
  const sealedToken = Buffer.from(seal(LINK_KEY, Buffer.from('t'))).toString('base64url')
  const expiresAt = new Date(shop.now().getTime() + 60_000).toISOString()
  await shop.deliverSample('users.link.made', { linkId: newId('lnk'), userId, email, sealedToken, expiresAt })
  await shop.work()
  expect(await subjectsTo(email)).toEqual(['Your account is deleted'])
  const known = await shop.sql(
    `SELECT p.email, p.display_name AS name, v.email AS verified, s.roles, p.sequence, v.sequence AS since, s.sequence AS as_of
       FROM person p JOIN verified_address v USING (user_id) JOIN staff s USING (user_id) WHERE user_id = $1`,
    userId,
  )
  const last = { sequence: 9, since: 9, as_of: 9 }
  expect(known).toEqual([{ email: null, name: '', verified: null, roles: [], ...last }])
  expect(await shop.sql('SELECT email FROM known_order WHERE order_id = $1', orderId)).toEqual([
    { email: null },
  ])
})

test('a deletion that arrives before the account, or in a replay, sends nothing', async () => {
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

/** Delivers the event of an answer to a guest's ticket. */
const answerTo = (email: string) =>
  shop.deliverSample('support.ticket.answered', {
    customerId: null,
    email,
    text: 'We send you a new pair.',
    messageId: newId('msg'),
  })

test('an account that has not verified its address takes nothing of a guest with it', async () => {
  const email = 'guest@argyle.example'
  const orderId = await shop.anOrder({ customerId: null, email })
  await shop.deliverSample('orders.order.confirmed', { orderId })
  await shop.work()
  await shop.preferences.unsubscribe(email, 'ORDER_SHIPPED')
  await shop.sql(`INSERT INTO stopped_address VALUES ($1, 'full', $2) RETURNING 1`, email, shop.now())
  await answerTo(email)
  const ofGuest = async () => [
    await shop.sql('SELECT email FROM known_order WHERE order_id = $1', orderId),
    await shop.sql('SELECT kind FROM notification WHERE recipient = $1 ORDER BY kind', email),
    await shop.sql('SELECT kind FROM opt_out WHERE recipient = $1', email),
    await shop.sql('SELECT reason FROM stopped_address WHERE address = $1', email),
    await shop.sql(`SELECT kind FROM occasion WHERE kind = 'TICKET_ANSWERED' AND data->>'email' = $1`, email),
  ]
  const before = await ofGuest()
  expect(before.map((rows) => rows.length)).toEqual([1, 1, 1, 1, 1])
  const { userId } = await shop.aPerson({ email, isVerified: false })
  await forget(userId)
  expect(await ofGuest()).toEqual(before)
  // Another has verified an address, but not the one that it has since.
  const { userId: other } = await shop.aPerson()
  const contact = { userId: other, email, displayName: 'Ada' }
  await shop.deliver('users.contact.changed', contact, { subject: other, sequence: 3 })
  await forget(other)
  expect(await ofGuest()).toEqual(before)
})

test('answers to the tickets of a guest go with the account of the address, sent or not', async () => {
  const { userId, email } = await shop.aPerson()
  await answerTo(email)
  await shop.work()
  await answerTo(email)
  await answerTo('another@argyle.example')
  await forget(userId)
  expect(
    await shop.sql(
      `SELECT data->>'email' AS email FROM occasion WHERE kind = 'TICKET_ANSWERED' AND data->>'email' IN ($1, $2)`,
      email,
      'another@argyle.example',
    ),
  ).toEqual([{ email: 'another@argyle.example' }])
})

test('an order that the account has claimed loses its address, which may be another than that of the account', async () => {
  const { userId } = await shop.aPerson()
  const orderId = await shop.anOrder({ customerId: null, email: 'former@argyle.example' })
  await shop.deliverSample('orders.order.claimed', { orderId, customerId: userId })
  await forget(userId)
  expect(await holding('former@argyle.example')).toEqual([])
})

test('the address of a guest is erased 400 days after the newest message about the order', async () => {
  const email = 'once@argyle.example'
  const told = shop.now().toISOString()
  const orderId = newId('ord')
  const data = { orderId, customerId: null, email }
  await shop.deliverSample('orders.order.summarised', data, { sequence: 2, time: '2020-01-01T00:00:00.000Z' })
  await shop.deliverSample('orders.order.summarised', data, { sequence: 3, time: told })
  const kept = () => shop.sql('SELECT email, number FROM known_order WHERE order_id = $1', orderId)
  const [order] = await kept()
  const end = Date.parse(told) + 400 * 24 * 3_600_000
  await forgetGuestAddresses(shop.prisma, new Date(end))
  expect(await kept()).toEqual([order])
  const lock = 'SELECT 1 FROM known_order WHERE order_id = $1 FOR UPDATE'
  await shop.whileLocked(lock, [orderId], () => forgetGuestAddresses(shop.prisma, new Date(end + 1)))
  expect(await kept(), 'which another replica has locked').toEqual([order])
  // They are more than one statement clears.
  await shop.sql(
    `INSERT INTO known_order SELECT (jsonb_populate_record(o, jsonb_build_object('order_id', $1::text || n))).*
       FROM known_order o, generate_series(1, 1001) AS n WHERE order_id = $1 RETURNING 1`,
    orderId,
  )
  const passed = end + 1 - shop.now().getTime()
  shop.pass(passed)
  await shop.runTimer('forget-guest-addresses')
  shop.pass(-passed)
  expect(await kept()).toEqual([{ ...Object(order), email: null }])
  expect(await shop.sql('SELECT 1 FROM known_order WHERE email = $1', email)).toEqual([])
  await shop.sql('DELETE FROM known_order WHERE order_id LIKE $1', `${orderId}_%`)
})

test('what the last access token of a deleted account brings is erased within an hour', async () => {
  const { userId } = await shop.aPerson()
  await shop.deliverSample(
    'users.account.deleted',
    { userId, deletedAt: shop.now().toISOString() },
    { sequence: 9 },
  )
  const number = '+4915199999999'
  for (const query of [
    `mutation { requestPhoneVerification(input: { number: "${number}" }) { isAccepted } }`,
    `mutation { updateNotificationPreferences(input: { expectedVersion: 1, choices: [
       { kind: ORDER_SHIPPED, channel: SMS, isEnabled: true } { kind: ORDER_SHIPPED, channel: EMAIL, isEnabled: false }] })
       { preferences { version } } }`,
  ])
    expect((await shop.execute(query, {}, customer(userId))).errors).toEqual([])
  const held = async () => {
    const tables = ['occasion', 'phone_code', 'opt_in', 'opt_out', 'person_setting']
    const counts = tables.map((table) =>
      shop.sql(
        `SELECT 1 FROM ${table} t WHERE t::text LIKE $1 AND t::text NOT LIKE '%ACCOUNT_DELETED%'`,
        `%${userId}%`,
      ),
    )
    return (await Promise.all(counts)).map((rows) => rows.length)
  }
  expect(await held()).toEqual([1, 1, 1, 1, 1])
  shop.pass(3_600_000)
  await shop.runTimer('erase-deleted')
  expect(await held()).toEqual([0, 0, 0, 0, 0])
})
