// Tested in recovery.int.test.ts and email-change.int.test.ts: these are steps of their transactions.
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import type { Account } from '../account/account.ts'
import { passwordChanged } from '../events.ts'
import type { Prisma } from '../generated/prisma/client.ts'

export type Tx = Prisma.TransactionClient

/** Locks an account; null where there is none. Every transaction locks the account before its links, so that none waits in a circle. */
export async function lockAccount(tx: Tx, userId: string): Promise<Account | null> {
  await tx.$executeRaw`SELECT 1 FROM account WHERE id = ${userId} FOR UPDATE`
  return tx.account.findFirst({ where: { id: userId } })
}

/** Locks an account whose password was checked before; null where the account is gone or has another password since. */
export async function lockProved(tx: Tx, userId: string, passwordHash: string): Promise<Account | null> {
  const account = await lockAccount(tx, userId)
  return (await tx.credential.count({ where: { userId, passwordHash } })) > 0 ? account : null
}

/** Sets a password, and takes back what was asked for with the one before. */
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

/** Ends the sessions of an account, all but one where it is named. */
export async function endSessions(tx: Tx, userId: string, now: Date, except?: string): Promise<void> {
  await tx.session.updateMany({
    where: { userId, endedAt: null, ...(except !== undefined && { id: { not: except } }) },
    data: { endedAt: now, endedBy: 'SIGN_OUT_EVERYWHERE' },
  })
}
