// Tested in email-change.int.test.ts: its transactions need a database.
import type { Clock } from '@argyle/kit/clock'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import type { Account } from '../account/account.ts'
import { unmatchableHash } from '../credential/password-hash.ts'
import { contactChanged, emailReplaced, emailVerified, linkMade, passwordChanged } from '../events.ts'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import { endSessions, lockAccount, type Tx } from './account-rows.ts'
import { redeem } from './link-store.ts'
import { expiryOf, hashOfLinkToken, newLinkToken, sealLinkToken } from './link-token.ts'
import { isTaken } from './past-email.ts'

const UNDO = 'UNDO_EMAIL_CHANGE'

type Parts = { readonly prisma: PrismaClient; readonly clock: Clock; readonly linkKey: Uint8Array }

/**
 * Changes of the address of an account. Each change sends a link to the previous address, with which its
 * reader can take the account back.
 */
export function emailChangeStore({ prisma, clock, linkKey }: Parts) {
  /** A caller with a link to `email` has proved that they read it. */
  async function setEmail(tx: Tx, account: Account, email: string): Promise<void> {
    const now = clock()
    const changed = { ...account, email, emailVerifiedAt: now, version: account.version + 1, updatedAt: now }
    const { version, emailVerifiedAt, updatedAt } = changed
    await tx.account.update({
      where: { id: account.id },
      data: { email, version, emailVerifiedAt, updatedAt },
    })
    await appendEvents(tx, [contactChanged(changed), emailVerified(changed)])
  }

  /**
   * Reserves the previous address and sends a link to it. If the address was never verified, its reader may
   * be a stranger, to whom a link would give the account. Such a reader gets no link.
   */
  async function keep(tx: Tx, account: Account): Promise<void> {
    const { id: userId, email, emailVerifiedAt } = account
    if (emailVerifiedAt === null) {
      await appendEvents(tx, [emailReplaced(newId('emc'), account)])
      return
    }
    const token = newLinkToken()
    const expiresAt = expiryOf(UNDO, clock())
    await tx.pastEmail.create({ data: { hash: hashOfLinkToken(token), userId, email, expiresAt } })
    const sealedToken = sealLinkToken(linkKey, token)
    await appendEvents(tx, [
      linkMade({ id: newId('lnk'), userId, purpose: UNDO, email, sealedToken, expiresAt }),
    ])
  }

  /** Restores an address. The person who changed it has no session, no password and no link any more. */
  async function restore(tx: Tx, account: Account, email: string): Promise<void> {
    const { id: userId } = account
    await tx.linkToken.deleteMany({ where: { userId } })
    await tx.pastEmail.deleteMany({ where: { userId } })
    await tx.linkRequest.deleteMany({ where: { userId } })
    await endSessions(tx, userId, clock())
    const data = { passwordHash: unmatchableHash(), changedAt: clock() }
    await tx.credential.updateMany({ where: { userId }, data })
    // The event ends everything that depends on the password in other subgraphs, e.g. push subscriptions.
    await appendEvents(tx, [passwordChanged(newId('pwc'), { userId, email })])
    if (account.email !== email) await setEmail(tx, account, email)
    const request = { id: newId('lnk'), purpose: 'RESET_PASSWORD', email, requestedAt: clock() }
    await tx.linkRequest.createMany({ data: [request] })
  }

  return {
    /**
     * Changes the address of an account by a token that was sent to the new one. @returns whether the token
     * was valid
     */
    confirm: (token: string): Promise<boolean> =>
      unlessTaken(() =>
        prisma.$transaction(async (tx) => {
          const used = await redeem(tx, token, 'CHANGE_EMAIL', clock())
          if (!used) return false
          const { account, email } = used
          if (await isTaken(tx, { email, userId: account.id }, clock())) return false
          await setEmail(tx, account, email)
          // Links to the previous address become invalid.
          await tx.linkToken.deleteMany({ where: { userId: account.id } })
          await keep(tx, account)
          return true
        }),
      ),

    /**
     * Reverts a change by a token that was sent to the previous address. @returns whether the token was valid
     */
    undo: (token: string): Promise<boolean> =>
      unlessTaken(() =>
        prisma.$transaction(async (tx) => {
          const hash = hashOfLinkToken(token)
          const found = await tx.pastEmail.findFirst({ where: { hash } })
          const account = found && (await lockAccount(tx, found.userId))
          if (!account) return false
          const { count } = await tx.pastEmail.deleteMany({ where: { hash, expiresAt: { gt: clock() } } })
          if (count === 0) return false
          await restore(tx, account, found.email)
          return true
        }),
      ),
  }
}

/** If two accounts take an address concurrently, the unique index refuses one of them. */
async function unlessTaken(change: () => Promise<boolean>): Promise<boolean> {
  try {
    return await change()
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') return false
    throw error
  }
}

export type EmailChangeStore = ReturnType<typeof emailChangeStore>
