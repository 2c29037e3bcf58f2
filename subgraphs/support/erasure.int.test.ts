import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { anonymous } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept, expectOthersKept } from '@argyle/kit/testing/others-kept'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ERASED, eraseOldGuests } from './erasure.ts'
import { aCampaign, campaignsOf } from './testing/a-campaign.ts'
import { segmentsOf } from './testing/a-segment.ts'
import { anAgent, aQuestion, aReply, idOf, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
const agent = anAgent()
beforeAll(async () => {
  shop = await openSupport()
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['ticket (', 'ticket_message (', 'deleted_user ('])

const file = new URL('../users/event-samples/users.account.deleted.json', import.meta.url)
const { type, data, subject, sequence } = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))

test('the tickets of a deleted account are resolved and say nothing any more, and the name is forgotten', async () => {
  const viewer = customer(subject)
  const other = await shop.aTicket()
  const profile = { userId: subject, displayName: 'Ada Secret' }
  await shop.deliver('users.profile.updated', profile, { subject, sequence: 2 })
  const roles = { userId: subject, roles: ['SUPPORT'] }
  await shop.deliver('users.roles.changed', roles, { subject, sequence: 2 })
  const contact = { userId: subject, email: 'secret@argyle.example', displayName: 'Ada Secret' }
  for (const name of ['contact.changed', 'email.verified'])
    await shop.deliver(`users.${name}`, contact, { subject, sequence: 2 })
  const attachments = [{ name: 'secret.jpg', url: 'https://files.example/secret.jpg' }]
  const { id } = await shop.aTicket(viewer, { subject: 'Secret', body: 'Secret.', attachments })
  const { id: rated } = await shop.aTicket(viewer, { subject: 'Secret' })
  await shop.accepted('answerTicket', aReply(id, { expectedVersion: 1, body: 'Dear Ada Secret.' }), agent)
  await shop.accepted('resolveTicket', { id: rated, expectedVersion: 1 }, agent)
  await shop.accepted('rateTicket', { id: rated, expectedVersion: 2, rating: 4, comment: 'Secret.' }, viewer)
  await shop.accepted('noteOnTicket', aReply(rated), agent)
  const { id: merged } = await shop.aTicket(viewer, { subject: 'Secret' })
  const merge = { id: merged, expectedVersion: 1, intoId: id, expectedIntoVersion: 2 }
  await shop.accepted('mergeTicket', merge, agent)
  for (let time = 0; time < 2; time++) await shop.deliver(type, data, { subject, sequence })
  // Messages from before the deletion are late.
  await shop.deliver('users.profile.updated', profile, { subject, sequence: 3 })
  await shop.deliver('users.roles.changed', roles, { subject, sequence: 3 })
  for (const name of ['contact.changed', 'email.verified'])
    await shop.deliver(`users.${name}`, contact, { subject, sequence: 3 })
  expect(await shop.sql('SELECT active FROM agent WHERE user_id = $1', subject)).toEqual([{ active: false }])
  const found = await shop.seen(id, agent)
  expect(found).toMatchObject({ subject: ERASED, status: 'RESOLVED', customer: { id: idOf(viewer) } })
  expect(await shop.seen(rated, agent)).toMatchObject({ satisfaction: { rating: 4, comment: null } })
  // A merged ticket stays merged, and nothing about it is published.
  expect(await shop.seen(merged, agent)).toMatchObject({ subject: ERASED, status: 'MERGED' })
  expect((await shop.published('changed', merged)).map(({ sequence }) => sequence)).toEqual([1, 2])
  const tables = ['ticket', 'ticket_message', 'person', 'contact', 'audit_entry', 'idempotency_record']
  const rows = await Promise.all(
    tables.map((table) => shop.sql(`SELECT to_jsonb(t)::text AS row FROM ${table} t`)),
  )
  expect(JSON.stringify(rows)).not.toMatch(/secret/i)
  expect((await shop.published('changed', id)).at(-1)).toMatchObject({ data: { status: 'RESOLVED' } })
  expect(await shop.seen(other.id, agent)).toMatchObject({ subject: other.subject, status: 'OPEN' })
})

test('tickets of guests that were resolved long ago are erased, in more than one batch; others stay', async () => {
  const { which } = await shop.aGuestOrder()
  const open = () => shop.accepted('openGuestTicket', { ...aQuestion(), ...which }, anonymous)
  const [{ id }, { id: resolved }, { id: merged }] = [await open(), await open(), await open()]
  await shop.accepted('resolveTicket', { id: resolved, expectedVersion: 1 }, agent)
  const merge = { id: merged, expectedVersion: 1, intoId: id, expectedIntoVersion: 1 }
  await shop.accepted('mergeTicket', merge, agent)
  await shop.sql(`UPDATE ticket SET updated_at = updated_at - interval '401 days' WHERE id = $1`, merged)
  const copy = (of: string, amount: number, days: number) =>
    shop.sql(
      `INSERT INTO ticket SELECT (jsonb_populate_record(t, jsonb_build_object('id', $2::text || n,
         'updated_at', t.updated_at - $3::int * interval '1 day', 'rating', 5, 'rated_at', t.updated_at, 'rating_comment', 'Ask for Ada.'))).*
         FROM ticket t, generate_series(1, $4::int) AS n WHERE t.id = $1 RETURNING 1`,
      ...[of, `${of} ${days} `, days, amount],
    )
  await copy(resolved, 501, 401)
  await copy(resolved, 1, 400)
  await copy(id, 1, 401)
  const old = `${resolved} 401 1`
  await shop.sql(
    `INSERT INTO ticket_message SELECT 'old ' || m.id, $2, m.kind, m.author_id, m.body, $3::jsonb, m.at
       FROM ticket_message m WHERE m.ticket_id = $1 RETURNING 1`,
    ...[id, old, JSON.stringify([{ name: 'ada.jpg', url: 'https://files.example/ada.jpg' }])],
  )
  const erase = () => shop.runTimer('erase-guest-tickets')
  await shop.whileLocked('SELECT 1 FROM ticket WHERE id = $1 FOR UPDATE', [old], erase)
  const left = `SELECT id FROM ticket WHERE id LIKE $1 AND guest_email <> 'Erased'`
  expect(await shop.sql(left, `${resolved} 401 %`), 'which another replica has locked').toEqual([{ id: old }])
  await erase()
  const rows = await shop.sql(
    `SELECT status::text, guest_email = 'Erased' AS erased, count(*)::int AS count, count(rating_comment)::int AS comments
       FROM ticket WHERE guest_email IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
  )
  expect(rows).toEqual([
    { status: 'MERGED', erased: true, count: 1, comments: 0 },
    { status: 'OPEN', erased: false, count: 2, comments: 1 },
    { status: 'RESOLVED', erased: false, count: 2, comments: 1 },
    { status: 'RESOLVED', erased: true, count: 501, comments: 0 },
  ])
  const bodies = await shop.sql(
    `SELECT DISTINCT ticket_id = $1 AS own, body, attachments FROM ticket_message WHERE ticket_id = ANY($2) ORDER BY 1`,
    id,
    [id, old],
  )
  expect(bodies).toEqual([
    { own: false, body: 'Erased', attachments: [] },
    { own: true, body: 'It was there when I unpacked them.', attachments: [] },
  ])
})

test('the address of a guest’s order is erased so many days after the order, in more than one batch, and does not come back', async () => {
  const [old, recent, asking] = [await shop.aGuestOrder(), await shop.aGuestOrder(), await shop.aGuestOrder()]
  const { id } = await shop.accepted('openGuestTicket', { ...aQuestion(), ...asking.which }, anonymous)
  const addressOf = async (orderId: string) =>
    (await shop.sql<{ email: string }>('SELECT email FROM known_order WHERE order_id = $1', orderId))[0]
      ?.email
  const daysLater = (days: number) => new Date(shop.passMinutes(0).getTime() + days * 86_400_000)
  // It is published again: the order is as old as before.
  const again = { subject: old.orderId, id: newId('evt'), time: daysLater(300).toISOString() }
  await shop.deliver('orders.order.summarised', old.summary, again)
  await eraseOldGuests(shop.resources.prisma, daysLater(400), 400)
  expect(await addressOf(old.orderId), 'on the last day').toBe(old.email)
  await shop.deliver(
    'orders.order.summarised',
    { ...recent.summary, orderId: recent.orderId },
    { subject: recent.orderId, id: newId('evt'), time: daysLater(2).toISOString() },
  )
  await shop.sql(
    `UPDATE known_order SET summarised_at = summarised_at + interval '2 days' WHERE order_id = $1`,
    recent.orderId,
  )
  await shop.sql(
    `INSERT INTO known_order SELECT (jsonb_populate_record(o, jsonb_build_object('order_id', $1 || n))).*
       FROM known_order o, generate_series(1, 501) n WHERE order_id = $1`,
    old.orderId,
  )
  const left = () =>
    shop.sql(
      `SELECT order_id AS id FROM known_order WHERE starts_with(order_id, $1) AND email IS NOT NULL`,
      old.orderId,
    )
  const erase = () => eraseOldGuests(shop.resources.prisma, daysLater(401), 400)
  await shop.whileLocked('SELECT 1 FROM known_order WHERE order_id = $1 FOR UPDATE', [old.orderId], erase)
  expect(await left(), 'which another replica has locked').toEqual([{ id: old.orderId }])
  await erase()
  expect(await left()).toEqual([])
  expect(await addressOf(recent.orderId)).toBe(recent.email)
  expect(await addressOf(asking.orderId), 'while a ticket has it').toBe(asking.email)
  const late = { subject: old.orderId, id: newId('evt'), time: daysLater(0).toISOString() }
  await shop.deliver('orders.order.summarised', old.summary, late)
  expect(await addressOf(old.orderId)).toBeNull()
  await shop.accepted('resolveTicket', { id, expectedVersion: 1 }, agent)
  await eraseOldGuests(shop.resources.prisma, daysLater(401), 400)
  expect(await addressOf(asking.orderId)).toBeNull()
})

test('a campaign that takes a deleted account in meanwhile loses it at the next erasure; what was sent still counts', async () => {
  const crm = campaignsOf(shop)
  const { segmentId } = await crm.anAudience(0)
  const campaigns = [aCampaign(segmentId), aCampaign(segmentId)]
  const made: string[] = []
  for (const input of campaigns) made.push((await shop.accepted('createCampaign', input, crm.marketer)).id)
  const [waiting, sent] = made
  const [gone, other] = [newId('usr'), newId('usr')]
  const erase = () =>
    shop.deliver(type, { ...Object(data), userId: gone }, { subject: gone, sequence: 9, id: newId('evt') })
  await erase()
  shop.passMinutes(60)
  for (const userId of [gone, other])
    for (const [campaignId, at] of [
      [waiting, null],
      [sent, shop.passMinutes(0)],
    ])
      await shop.sql(
        `INSERT INTO campaign_recipient (id, campaign_id, user_id, arm, place, released_at) VALUES ($1, $2, $3, 'A', 1, $4)`,
        ...[newId('cms'), campaignId, userId, at],
      )
  await shop.runTimer('erase-deleted-users')
  shop.passMinutes(-60)
  const left = await shop.sql(
    'SELECT campaign_id AS campaign, user_id AS "userId" FROM campaign_recipient WHERE campaign_id = ANY($1) ORDER BY campaign_id, user_id',
    made,
  )
  expect(left).toEqual([
    { campaign: waiting, userId: other },
    { campaign: sent, userId: other },
    { campaign: sent, userId: null },
  ])
})

test('another person keeps tickets, facts, memberships and orders, of the time as a guest too', async () => {
  const crm = segmentsOf(shop)
  await crm.aBuiltSegment([{ fact: 'ORDERS', atLeast: '1' }])
  const aPerson = async () => {
    const { orderId, which, email } = await shop.aGuestOrder()
    const userId = await crm.aCustomer(`Name of ${email}`)
    await crm.deliverNow('users.contact.changed', { userId, email, displayName: 'Ada' }, { subject: userId })
    await crm.deliverNow('users.email.verified', { userId, email }, { subject: userId, sequence: 2 })
    await crm.deliverNow(
      'users.roles.changed',
      { userId, roles: ['SUPPORT'] },
      { subject: userId, sequence: 3 },
    )
    const guest = await shop.accepted(
      'openGuestTicket',
      { ...aQuestion({ body: `Of ${email}.` }), ...which },
      anonymous,
    )
    await shop.accepted('resolveTicket', { id: guest.id, expectedVersion: 1 }, agent)
    const own = await shop.aTicket(customer(userId), { subject: `Socks of ${email}` })
    await shop.accepted('resolveTicket', { id: own.id, expectedVersion: 1 }, agent)
    const rating = { id: own.id, expectedVersion: 2, rating: 4, comment: `Thanks of ${email}.` }
    await shop.accepted('rateTicket', rating, customer(userId))
    await crm.aSale(userId, { orderId })
    await crm.work()
    return { userId, email }
  }
  const erase = ({ userId }: { userId: string }) =>
    shop.deliver(type, { ...Object(data), userId }, { subject: userId, sequence: 9 })
  await expectOthersKept(shop, aPerson, erase, ({ email }) => [email])
})
