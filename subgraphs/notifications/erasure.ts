// Tested in erasure.int.test.ts: it is its statements.
import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { z } from 'zod'
import { noteOccasion } from './occasion/occasion-rows.ts'

const deleted = z.object({ userId: z.string() })

const KNOWN = 'SELECT email FROM person WHERE user_id = $1 AND email IS NOT NULL FOR UPDATE'
// The row stays without what it said, so that a late `changed` is ignored.
const FORGET_PERSON = `
INSERT INTO person (user_id, email, display_name, sequence) VALUES ($1, NULL, '', $2)
ON CONFLICT (user_id) DO UPDATE SET email = NULL, display_name = '', sequence = greatest(person.sequence, EXCLUDED.sequence)`
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
     phones AS (DELETE FROM phone WHERE user_id = $1)
DELETE FROM notification WHERE user_id = $1`
// Messages of the time in which the orders were a guest's.
const FORGET_GUEST = `
WITH orders AS (UPDATE known_order SET email = NULL WHERE email = $1),
     choices AS (DELETE FROM opt_out WHERE recipient = $1),
     stops AS (DELETE FROM stopped_address WHERE address = $1)
DELETE FROM notification WHERE user_id IS NULL AND recipient = $1`

/** users.account.deleted: erases what is held of the person, who is told once at the address that was known. */
export async function forgetPerson({ data, sequence, replayed }: Envelope, tx: Tx, now: Date): Promise<void> {
  const { userId } = deleted.parse(data)
  const [known] = await tx.$queryRawUnsafe<{ email: string }[]>(KNOWN, userId)
  await tx.$executeRawUnsafe(FORGET_PERSON, userId, sequence)
  await tx.$executeRawUnsafe(FORGET_STAFF, userId, sequence)
  await tx.$executeRawUnsafe(FORGET_MESSAGES, userId)
  if (!known) return
  await tx.$executeRawUnsafe(FORGET_GUEST, known.email)
  if (replayed) return
  const details = { kind: 'ACCOUNT_DELETED', email: known.email } as const
  await noteOccasion(tx, { id: `ACCOUNT_DELETED ${userId}`, orderId: null, userId: null, details }, now)
}
