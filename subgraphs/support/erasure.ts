// Tested in erasure.int.test.ts: it is its statements.

import type { Tx as KitTx } from '@argyle/kit/database'
import { type Erase, eraseDeleted } from '@argyle/kit/deleted-users'
import type { Envelope } from '@argyle/kit/envelope'
import { resolve } from './ticket/rules.ts'
import { lockTickets, save, type Tx } from './ticket/ticket-rows.ts'

/** Text in place of what a deleted account and the answers to it said. */
export const ERASED = 'Erased'

// A tombstone: a late `profile.updated` or `roles.changed` has a smaller sequence.
const FORGET_PERSON = `
INSERT INTO person (user_id, display_name, sequence) VALUES ($1, NULL, $2)
ON CONFLICT (user_id) DO UPDATE SET display_name = NULL, sequence = GREATEST(person.sequence, EXCLUDED.sequence)`
const FORGET_AGENT = `
INSERT INTO agent (user_id, active, sequence) VALUES ($1, false, $2)
ON CONFLICT (user_id) DO UPDATE SET active = false, sequence = GREATEST(agent.sequence, EXCLUDED.sequence)`

const ERASE_MESSAGES = `
UPDATE ticket_message SET body = '${ERASED}', attachments = '[]'
 WHERE ticket_id IN (SELECT id FROM ticket WHERE customer_id = $1) AND (body <> '${ERASED}' OR attachments <> '[]')`
const ERASE_TICKETS = `
UPDATE ticket SET subject = '${ERASED}', rating_comment = NULL
 WHERE customer_id = $1 AND (subject <> '${ERASED}' OR rating_comment IS NOT NULL)`

/**
 * Resolves the tickets of a deleted account, which nobody can answer to, and erases what they say. Statuses and times stay. Nothing has to
 * stay for a while.
 */
export const eraseTickets: Erase = async (tx, customerId, now) => {
  const all = await tx.$queryRawUnsafe<{ id: string }[]>(
    'SELECT id FROM ticket WHERE customer_id = $1',
    customerId,
  )
  // Every transaction of support is one of its own client.
  const own = tx as Tx
  for (const before of await lockTickets(
    own,
    all.map(({ id }) => id),
  )) {
    const decision = before.status === 'MERGED' ? null : resolve(before, now)
    if (decision?.ok) await save(own, { before, after: decision.value, staff: null })
  }
  await tx.$executeRawUnsafe(ERASE_MESSAGES, customerId)
  await tx.$executeRawUnsafe(ERASE_TICKETS, customerId)
  return false
}

/** users.account.deleted: the person is forgotten. */
export async function forgetPerson(message: Envelope, tx: KitTx, now: Date): Promise<void> {
  await tx.$executeRawUnsafe(FORGET_PERSON, message.subject, message.sequence)
  await tx.$executeRawUnsafe(FORGET_AGENT, message.subject, message.sequence)
  await eraseDeleted(message, tx, now, eraseTickets)
}
