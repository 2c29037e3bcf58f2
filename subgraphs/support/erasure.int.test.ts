import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ERASED } from './erasure.ts'
import { anAgent, aReply, idOf, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
const agent = anAgent()
beforeAll(async () => {
  shop = await openSupport()
})
afterAll(() => shop.close())

const file = new URL('../users/event-samples/users.account.deleted.json', import.meta.url)
const { type, data, subject, sequence } = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))

test('the tickets of a deleted account are resolved and say nothing any more, and the name is forgotten', async () => {
  const viewer = customer(subject)
  const other = await shop.aTicket()
  const profile = { userId: subject, displayName: 'Ada Secret' }
  await shop.deliver('users.profile.updated', profile, { subject, sequence: 2 })
  const attachments = [{ name: 'secret.jpg', url: 'https://files.example/secret.jpg' }]
  const { id } = await shop.aTicket(viewer, { subject: 'Secret', body: 'Secret.', attachments })
  const { id: rated } = await shop.aTicket(viewer, { subject: 'Secret' })
  await shop.accepted('answerTicket', aReply(id, { expectedVersion: 1, body: 'Dear Ada Secret.' }), agent)
  await shop.accepted('resolveTicket', { id: rated, expectedVersion: 1 }, agent)
  await shop.accepted('rateTicket', { id: rated, expectedVersion: 2, rating: 4, comment: 'Secret.' }, viewer)
  for (let time = 0; time < 2; time++) await shop.deliver(type, data, { subject, sequence })
  // A message from before the deletion is late.
  await shop.deliver('users.profile.updated', profile, { subject, sequence: 3 })
  const found = await shop.seen(id, agent)
  expect(found).toMatchObject({ subject: ERASED, status: 'RESOLVED', customer: { id: idOf(viewer) } })
  expect(await shop.seen(rated, agent)).toMatchObject({ satisfaction: { rating: 4, comment: null } })
  const tables = ['ticket', 'ticket_message', 'person', 'audit_entry', 'idempotency_record']
  const rows = await Promise.all(
    tables.map((table) => shop.sql(`SELECT to_jsonb(t)::text AS row FROM ${table} t`)),
  )
  expect(JSON.stringify(rows)).not.toMatch(/secret/i)
  expect((await shop.told('changed', id)).at(-1)).toMatchObject({ data: { status: 'RESOLVED' } })
  expect(await shop.seen(other.id, agent)).toMatchObject({ subject: other.subject, status: 'OPEN' })
})
