// Tested in email-change.int.test.ts: these are steps of its transactions.
import type { Tx } from './account-rows.ts'

type Wanted = {
  readonly email: string
  /** Null for an account that is yet to be made. */
  readonly userId: string | null
}

/** Whether an address is that of another account, or another account may take it back. */
export async function isTaken(tx: Tx, { email, userId }: Wanted, now: Date): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM account WHERE email = ${email} AND id IS DISTINCT FROM ${userId}
    UNION ALL
    SELECT 1 FROM past_email WHERE email = ${email} AND expires_at > ${now} AND user_id IS DISTINCT FROM ${userId} LIMIT 1`
  return rows.length > 0
}

/** Whether another account may take an address back. */
export async function isReserved(tx: Tx, email: string, now: Date): Promise<boolean> {
  return (await tx.pastEmail.count({ where: { email, expiresAt: { gt: now } } })) > 0
}
