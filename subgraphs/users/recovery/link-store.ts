// Tested in recovery.int.test.ts: both have one test.
import type { Clock } from '@argyle/kit/clock'
import type { UserViewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import type { Account } from '../account/account.ts'
import { emailVerified, linkMade } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { endSessions, lockAccount, lockProved, setPassword, type Tx } from './account-rows.ts'
import { expiryOf, hashOfLinkToken, type LinkPurpose, newLinkToken, sealLinkToken } from './link-token.ts'
import { isTaken } from './past-email.ts'

/** Requests in one transaction. */
const BATCH = 50

/** `userId` is set if the address is not that of the account yet. */
type LinkRequest = {
  readonly id: string
  readonly purpose: LinkPurpose
  readonly email: string
  readonly userId: string | null
}
type Parts = { readonly prisma: PrismaClient; readonly clock: Clock; readonly linkKey: Uint8Array }

/** A token that was used: the account of its link, and the address that the link was sent to. */
export type Redeemed = { readonly account: Account; readonly email: string }

/** Consumes a token and locks its account; null for an invalid token. */
export async function redeem(
  tx: Tx,
  token: string,
  purpose: LinkPurpose,
  now: Date,
): Promise<Redeemed | null> {
  const hash = hashOfLinkToken(token)
  const found = await tx.linkToken.findFirst({ where: { hash, purpose } })
  const account = found && (await lockAccount(tx, found.userId))
  if (!account) return null
  const { count } = await tx.linkToken.deleteMany({ where: { hash, purpose, expiresAt: { gt: now } } })
  return count === 1 ? { account, email: found.email } : null
}

/** Links by which an owner proves that they read the address of an account. */
export function linkStore({ prisma, clock, linkKey }: Parts) {
  async function ask(tx: Pick<Tx, 'linkRequest'>, asked: Omit<LinkRequest, 'id'>): Promise<void> {
    await tx.linkRequest.createMany({ data: [{ id: newId('lnk'), ...asked, requestedAt: clock() }] })
  }

  /** Creates the link of a request for a locked account. It replaces an older one with the same purpose. */
  async function make(tx: Tx, request: LinkRequest, userId: string, now: Date): Promise<void> {
    const { id, purpose, email } = request
    if (request.userId !== null && (await isTaken(tx, { email, userId }, now))) return
    const token = newLinkToken()
    const expiresAt = expiryOf(purpose, now)
    // A single statement, since two replicas may create links of one account concurrently.
    await tx.$executeRaw`
      INSERT INTO link_token (hash, user_id, purpose, email, expires_at)
      VALUES (${hashOfLinkToken(token)}, ${userId}, ${purpose}, ${email}, ${expiresAt})
      ON CONFLICT (user_id, purpose) DO UPDATE SET hash = EXCLUDED.hash, email = EXCLUDED.email, expires_at = EXCLUDED.expires_at`
    const sealedToken = sealLinkToken(linkKey, token)
    await appendEvents(tx, [linkMade({ id, userId, purpose, email, sealedToken, expiresAt })])
  }

  async function makeBatch(tx: Tx): Promise<number> {
    const now = clock()
    const due = await tx.$queryRaw<LinkRequest[]>`
      SELECT id, purpose, email, user_id AS "userId" FROM link_request ORDER BY id LIMIT ${BATCH}`
    // Lock the accounts first, as every other transaction does. A transaction that sets a password or deletes
    // an account revokes its requests.
    const accounts = await tx.$queryRaw<{ id: string; email: string }[]>`
      SELECT id, email FROM account
       WHERE id = ANY(${due.flatMap(({ userId }) => userId ?? [])}) OR email = ANY(${due.map(({ email }) => email)})
       ORDER BY id FOR KEY SHARE`
    const byId = new Set(accounts.map(({ id }) => id))
    const byEmail = new Map(accounts.map(({ id, email }) => [email, id]))
    // Skips requests that another replica has locked, or that were revoked meanwhile.
    const requests = await tx.$queryRaw<LinkRequest[]>`
      DELETE FROM link_request WHERE id IN
        (SELECT id FROM link_request WHERE id = ANY(${due.map(({ id }) => id)}) ORDER BY id FOR UPDATE SKIP LOCKED)
      RETURNING id, purpose, email, user_id AS "userId"`
    // In the order of addresses, which prevents deadlocks between replicas. Requests of one address are in
    // the order of time.
    const placeOf = ({ email, id }: LinkRequest) => `${email} ${id}`
    const inOrder = requests.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
    for (const request of inOrder) {
      const userId = request.userId ?? byEmail.get(request.email)
      // The address of a request may have no account.
      if (userId !== undefined && byId.has(userId)) await make(tx, request, userId, now)
    }
    return requests.length > 0 ? due.length : 0
  }

  /** Locks the account of a valid token; null for an invalid one. */
  async function redeemOwn(tx: Tx, token: string, purpose: LinkPurpose): Promise<Account | null> {
    const used = await redeem(tx, token, purpose, clock())
    // A link to an address that the account no longer has is invalid.
    return used && used.account.email === used.email ? used.account : null
  }

  /** Marks the address as verified. It is idempotent. */
  async function prove(tx: Tx, account: Account): Promise<void> {
    if (account.emailVerifiedAt) return
    const [now, version] = [clock(), account.version + 1]
    const data = { emailVerifiedAt: now, version, updatedAt: now }
    await tx.account.updateMany({ where: { id: account.id }, data })
    await appendEvents(tx, [emailVerified({ ...account, version })])
  }

  return {
    /** Saves a request for a link. It is one statement, whether or not the address has an account. */
    async request(purpose: LinkPurpose, email: string): Promise<void> {
      await ask(prisma, { purpose, email, userId: null })
    },

    /**
     * Saves a request for a link to another address. @returns whether the password is still the one that was
     * checked
     */
    requestChange: (email: string, userId: string, passwordHash: string): Promise<boolean> =>
      prisma.$transaction(async (tx) => {
        if (!(await lockProved(tx, userId, passwordHash))) return false
        await ask(tx, { purpose: 'CHANGE_EMAIL', email, userId })
        return true
      }),

    /** Creates the requested links. Any number of replicas share the work. */
    async makeDue(): Promise<void> {
      for (let count = BATCH; count === BATCH; ) count = await prisma.$transaction(makeBatch)
    },

    /** The account of a valid token; null for an invalid one. */
    async accountOf(token: string, purpose: LinkPurpose): Promise<Account | null> {
      const row = await prisma.linkToken.findFirst({
        where: { hash: hashOfLinkToken(token), purpose, expiresAt: { gt: clock() } },
        include: { account: true },
      })
      return row?.account ?? null
    },

    /** Sets a password by a token and ends all sessions. @returns whether the token was valid */
    reset: (token: string, passwordHash: string): Promise<boolean> =>
      prisma.$transaction(async (tx) => {
        const account = await redeemOwn(tx, token, 'RESET_PASSWORD')
        if (!account) return false
        await setPassword(tx, account, passwordHash, clock())
        await endSessions(tx, account.id, clock())
        await prove(tx, account)
        return true
      }),

    /** Sets the password of an account and ends its other sessions. @returns whether the password is still the one that was checked */
    change: (
      { id: userId, sessionId }: Pick<UserViewer, 'id' | 'sessionId'>,
      before: string,
      passwordHash: string,
    ): Promise<boolean> =>
      prisma.$transaction(async (tx) => {
        const account = await lockProved(tx, userId, before)
        if (!account) return false
        await setPassword(tx, account, passwordHash, clock())
        await endSessions(tx, userId, clock(), sessionId)
        return true
      }),

    /** Verifies an address by a token. @returns whether the token was valid */
    verify: (token: string): Promise<boolean> =>
      prisma.$transaction(async (tx) => {
        const account = await redeemOwn(tx, token, 'VERIFY_EMAIL')
        if (account) await prove(tx, account)
        return account !== null
      }),

    /** Deletes expired tokens. */
    async forget(): Promise<void> {
      const where = { expiresAt: { lt: clock() } }
      await prisma.linkToken.deleteMany({ where })
      await prisma.pastEmail.deleteMany({ where })
    },
  }
}

export type LinkStore = ReturnType<typeof linkStore>
