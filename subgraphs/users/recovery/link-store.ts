// Tested in recovery.int.test.ts: both are one behaviour.
import type { Clock } from '@argyle/kit/clock'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import type { Account } from '../account/account.ts'
import { emailVerified, linkMade, passwordChanged } from '../events.ts'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { expiryOf, hashOfLinkToken, newLinkToken, type Purpose, sealLinkToken } from './link-token.ts'

type Tx = Prisma.TransactionClient

/** Requests in one transaction. */
const BATCH = 50

type LinkRequest = { readonly id: string; readonly purpose: Purpose; readonly email: string }
type Parts = { readonly prisma: PrismaClient; readonly clock: Clock; readonly linkKey: Uint8Array }

/** Links by which an owner proves to read the address of an account. */
export function linkStore({ prisma, clock, linkKey }: Parts) {
  /** Makes the link of a request whose address has an account. It replaces an older one of its purpose. */
  async function make(tx: Tx, { id, purpose, email }: LinkRequest, now: Date): Promise<void> {
    const account = await tx.account.findFirst({ where: { email } })
    if (!account) return
    const token = newLinkToken()
    const expiresAt = expiryOf(purpose, now)
    // One statement, since two replicas may make links of one account at once.
    await tx.$executeRaw`
      INSERT INTO link_token (hash, user_id, purpose, email, expires_at)
      VALUES (${hashOfLinkToken(token)}, ${account.id}, ${purpose}, ${email}, ${expiresAt})
      ON CONFLICT (user_id, purpose) DO UPDATE SET hash = EXCLUDED.hash, email = EXCLUDED.email, expires_at = EXCLUDED.expires_at`
    const sealedToken = sealLinkToken(linkKey, token)
    await appendEvents(tx, [linkMade({ id, userId: account.id, purpose, email, sealedToken, expiresAt })])
  }

  async function makeBatch(tx: Tx): Promise<number> {
    const now = clock()
    const requests = await tx.$queryRaw<LinkRequest[]>`
      DELETE FROM link_request WHERE id IN
        (SELECT id FROM link_request ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING id, purpose, email`
    // In the order of addresses, so that two replicas wait for each other instead of deadlocking; those of one in the order of time.
    const placeOf = ({ email, id }: LinkRequest) => `${email} ${id}`
    const inOrder = requests.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
    for (const request of inOrder) await make(tx, request, now)
    return requests.length
  }

  /** Locks the account of a token that works; null for any other token. */
  async function redeem(tx: Tx, token: string, purpose: Purpose): Promise<Account | null> {
    const [used] = await tx.$queryRaw<{ userId: string; email: string }[]>`
      DELETE FROM link_token WHERE hash = ${hashOfLinkToken(token)} AND purpose = ${purpose} AND expires_at > ${clock()}
      RETURNING user_id AS "userId", email`
    if (!used) return null
    await tx.$executeRaw`SELECT 1 FROM account WHERE id = ${used.userId} FOR UPDATE`
    const account = await tx.account.findFirst({ where: { id: used.userId } })
    // A link to an address that the account no longer has proves nothing.
    return account?.email === used.email ? account : null
  }

  /** The address is proved. Repeated, it changes nothing. */
  async function prove(tx: Tx, account: Account): Promise<void> {
    if (account.emailVerifiedAt) return
    const [now, version] = [clock(), account.version + 1]
    const data = { emailVerifiedAt: now, version, updatedAt: now }
    await tx.account.updateMany({ where: { id: account.id }, data })
    await appendEvents(tx, [emailVerified({ ...account, version })])
  }

  async function setPassword(tx: Tx, userId: string, passwordHash: string): Promise<void> {
    await tx.credential.updateMany({ where: { userId }, data: { passwordHash, changedAt: clock() } })
    await appendEvents(tx, [passwordChanged(newId('pwc'), userId)])
  }

  async function endSessions(tx: Tx, userId: string, except: string | null): Promise<void> {
    await tx.session.updateMany({
      where: { userId, endedAt: null, ...(except !== null && { id: { not: except } }) },
      data: { endedAt: clock(), endedBy: 'SIGN_OUT_EVERYWHERE' },
    })
  }

  return {
    /** Notes that a link is asked for. One statement, whether or not the address has an account. */
    async request(purpose: Purpose, email: string): Promise<void> {
      const data = { id: newId('lnk'), purpose, email, requestedAt: clock() }
      await prisma.linkRequest.createMany({ data: [data] })
    },

    /** Makes the links that were asked for. Any number of replicas share the work. */
    async makeDue(): Promise<void> {
      for (let count = BATCH; count === BATCH; ) count = await prisma.$transaction(makeBatch)
    },

    /** The account that a token is of, as long as the token works; null for any other token. */
    async accountOf(token: string, purpose: Purpose): Promise<Account | null> {
      const row = await prisma.linkToken.findFirst({
        where: { hash: hashOfLinkToken(token), purpose, expiresAt: { gt: clock() } },
        include: { account: true },
      })
      return row?.account ?? null
    },

    /** Sets a password by a token and ends all sessions. @returns whether the token worked */
    reset: (token: string, passwordHash: string): Promise<boolean> =>
      prisma.$transaction(async (tx) => {
        const account = await redeem(tx, token, 'RESET_PASSWORD')
        if (!account) return false
        await setPassword(tx, account.id, passwordHash)
        await endSessions(tx, account.id, null)
        await prove(tx, account)
        return true
      }),

    /** Sets the password of an account and ends its other sessions. */
    change: (userId: string, sessionId: string, passwordHash: string): Promise<void> =>
      prisma.$transaction(async (tx) => {
        // The token first, as in `reset`: otherwise both could wait for each other.
        await tx.linkToken.deleteMany({ where: { userId, purpose: 'RESET_PASSWORD' } })
        await setPassword(tx, userId, passwordHash)
        await endSessions(tx, userId, sessionId)
      }),

    /** Proves an address by a token. @returns whether the token worked */
    verify: (token: string): Promise<boolean> =>
      prisma.$transaction(async (tx) => {
        const account = await redeem(tx, token, 'VERIFY_EMAIL')
        if (account) await prove(tx, account)
        return account !== null
      }),

    /** Deletes tokens that are too old. */
    async forget(): Promise<void> {
      await prisma.linkToken.deleteMany({ where: { expiresAt: { lt: clock() } } })
    },
  }
}

export type LinkStore = ReturnType<typeof linkStore>
