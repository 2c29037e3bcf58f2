// Tested in erasure.int.test.ts: its statements need a database.
import type { Tx } from '@argyle/kit/database'
import { type Erase, eraseDeleted } from '@argyle/kit/deleted-users'
import type { Envelope } from '@argyle/kit/envelope'
import { z } from 'zod'
import { insertOccasion } from './occasion/occasion-rows.ts'

const deleted = z.object({ userId: z.string() })

const KNOWN = `
SELECT p.email, v.user_id IS NOT NULL AS "isVerified"
  FROM person p LEFT JOIN verified_address v ON v.user_id = p.user_id AND v.email = p.email
 WHERE p.user_id = $1 AND p.email IS NOT NULL FOR UPDATE OF p`
// The row stays without its data, so that a late `changed` is ignored.
const FORGET_PERSON = `
INSERT INTO person (user_id, email, display_name, sequence) VALUES ($1, NULL, '', $2)
ON CONFLICT (user_id) DO UPDATE SET email = NULL, display_name = '', sequence = greatest(person.sequence, EXCLUDED.sequence)`
const FORGET_VERIFIED = `
INSERT INTO verified_address (user_id, email, sequence) VALUES ($1, NULL, $2)
ON CONFLICT (user_id) DO UPDATE SET email = NULL, sequence = greatest(verified_address.sequence, EXCLUDED.sequence)`
// The sequence stays as well.
const FORGET_STAFF = `
INSERT INTO staff (user_id, roles, sequence) VALUES ($1, '{}', $2)
ON CONFLICT (user_id) DO UPDATE SET roles = '{}', sequence = greatest(staff.sequence, EXCLUDED.sequence)`
const FORGET_MESSAGES = `
WITH occasions AS (DELETE FROM occasion WHERE user_id = $1),
     choices AS (DELETE FROM opt_out WHERE recipient = $1),
     settings AS (DELETE FROM person_setting WHERE user_id = $1),
     wishes AS (DELETE FROM opt_in WHERE recipient = $1),
     browsers AS (DELETE FROM push_subscription WHERE user_id = $1),
     stops AS (DELETE FROM stopped_address WHERE address IN (SELECT number FROM phone WHERE user_id = $1)
                  AND NOT EXISTS (SELECT 1 FROM phone o WHERE o.number = address AND o.user_id <> $1)),
     codes AS (DELETE FROM phone_code WHERE user_id = $1),
     phones AS (DELETE FROM phone WHERE user_id = $1),
     -- An order that the account has claimed has the address at which it was ordered.
     orders AS (UPDATE known_order SET email = NULL WHERE claimed_by = $1 AND email IS NOT NULL)
DELETE FROM notification WHERE user_id = $1`
// Messages from before the account claimed the guest's orders and tickets. The occasion of an answer contains
// the answer and the address.
const FORGET_GUEST = `
WITH orders AS (UPDATE known_order SET email = NULL WHERE email = $1),
     choices AS (DELETE FROM opt_out WHERE recipient = $1),
     stops AS (DELETE FROM stopped_address WHERE address = $1),
     sent AS (DELETE FROM occasion WHERE kind = 'TICKET_ANSWERED' AND user_id IS NULL AND data->>'email' = $1
                 AND id IN (SELECT occasion_id FROM notification WHERE user_id IS NULL AND recipient = $1)),
     pending AS (DELETE FROM occasion WHERE kind = 'TICKET_ANSWERED' AND user_id IS NULL AND data->>'email' = $1 AND state = 'PENDING')
DELETE FROM notification WHERE user_id IS NULL AND recipient = $1`

/**
 * Erases the data of a deleted account, including data that its last access token or a late message has added
 * since.
 */
export const erasePerson: Erase = async (tx, userId) => {
  await tx.$executeRawUnsafe(FORGET_MESSAGES, userId)
  return false
}

/**
 * users.account.deleted: erases the data of the person, and schedules a last e-mail to the known address. A
 * guest's data at that address is erased only if the account has verified the address, since anybody may sign
 * up with another person's.
 */
export async function forgetPerson(message: Envelope, tx: Tx, now: Date): Promise<void> {
  const { data, sequence, replayed } = message
  const { userId } = deleted.parse(data)
  const [known] = await tx.$queryRawUnsafe<{ email: string; isVerified: boolean }[]>(KNOWN, userId)
  for (const forget of [FORGET_PERSON, FORGET_VERIFIED, FORGET_STAFF])
    await tx.$executeRawUnsafe(forget, userId, sequence)
  await eraseDeleted(message, tx, now, erasePerson)
  if (!known) return
  if (known.isVerified) await tx.$executeRawUnsafe(FORGET_GUEST, known.email)
  if (replayed) return
  const details = { kind: 'ACCOUNT_DELETED', email: known.email } as const
  await insertOccasion(tx, { id: `ACCOUNT_DELETED ${userId}`, orderId: null, userId: null, details }, now)
}
