// Tested in recovery.int.test.ts and email-change.int.test.ts: the statements need a transaction.
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import type { Account } from '../account/account.ts'
import { passwordChanged } from '../events.ts'
import type { Prisma } from '../generated/prisma/client.ts'

export type Tx = Prisma.TransactionClient

/**
 * Locks an account; null if there is none. Every transaction locks the account before its links, which
 * prevents deadlocks.
 */
export async function lockAccount(tx: Tx, userId: string): Promise<Account | null> {
  await tx.$executeRaw`SELECT 1 FROM account WHERE id = ${userId} FOR UPDATE`
  return tx.account.findFirst({ where: { id: userId } })
}

/**
 * Locks an account whose password was checked before; null if the account is deleted or has another password
 * since.
 */
export async function lockProved(tx: Tx, userId: string, passwordHash: string): Promise<Account | null> {
  const account = await lockAccount(tx, userId)
  return (await tx.credential.count({ where: { userId, passwordHash } })) > 0 ? account : null
}

/** Sets a password, and revokes the links that were requested with the previous one. */
export async function setPassword(
  tx: Tx,
  { id: userId, email }: Account,
  passwordHash: string,
  now: Date,
): Promise<void> {
  await tx.credential.updateMany({ where: { userId }, data: { passwordHash, changedAt: now } })
  await tx.linkToken.deleteMany({ where: { userId, purpose: { in: ['RESET_PASSWORD', 'CHANGE_EMAIL'] } } })
  await tx.linkRequest.deleteMany({ where: { userId } })
  await appendEvents(tx, [passwordChanged(newId('pwc'), { userId, email })])
}

/** Ends the sessions of an account, except one if given. */
export async function endSessions(tx: Tx, userId: string, now: Date, except?: string): Promise<void> {
  await tx.session.updateMany({
    where: { userId, endedAt: null, ...(except !== undefined && { id: { not: except } }) },
    data: { endedAt: now, endedBy: 'SIGN_OUT_EVERYWHERE' },
  })
}
