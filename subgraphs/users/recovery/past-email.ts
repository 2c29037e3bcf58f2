// Tested in email-change.int.test.ts: the statements need a transaction.
import type { Tx } from './account-rows.ts'

type Wanted = {
  readonly email: string
  /** Null for an account that does not exist yet. */
  readonly userId: string | null
}

/** Whether an address belongs to another account, or is reserved for one that may take it back. */
export async function isTaken(tx: Tx, { email, userId }: Wanted, now: Date): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM account WHERE email = ${email} AND id IS DISTINCT FROM ${userId}
    UNION ALL
    SELECT 1 FROM past_email WHERE email = ${email} AND expires_at > ${now} AND user_id IS DISTINCT FROM ${userId} LIMIT 1`
  return rows.length > 0
}

/** Whether an address is reserved for another account. */
export async function isReserved(tx: Tx, email: string, now: Date): Promise<boolean> {
  return (await tx.pastEmail.count({ where: { email, expiresAt: { gt: now } } })) > 0
}
