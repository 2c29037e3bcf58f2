import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { Page } from '@argyle/kit/connection'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type Claim, idempotent } from '@argyle/kit/idempotency'
import { appendEvents } from '@argyle/kit/outbox'
import { equalsAny } from '@argyle/kit/select'
import { type IdempotencyKeyReusedError, notFound, type ValidationError } from '@argyle/kit/user-errors'
import { contactChanged, profileUpdated, rolesChanged } from '../events.ts'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import { isReserved } from '../recovery/past-email.ts'
import { type Account, type EmailTakenError, emailTaken } from './account.ts'
import { afterCursor } from './account-cursor.ts'

export type AccountStore = ReturnType<typeof accountStore>

export type RoleChange = {
  readonly userId: string
  readonly actorId: string
  readonly action: 'grantRole' | 'revokeRole'
}

const ACCOUNT = Prisma.sql`
  id, email, display_name AS "displayName", roles::text[] AS roles, version, created_at AS "createdAt", updated_at AS "updatedAt",
  email_verified_at AS "emailVerifiedAt"`

/** Accounts and their passwords. */
export function accountStore(prisma: PrismaClient, clock: Clock) {
  return {
    // The statement is raw, since each page of a signed-in customer reads an account, and Prisma takes three
    // times the CPU time for a row.
    byIds: (ids: readonly string[]) =>
      prisma.$queryRaw<Account[]>`SELECT ${ACCOUNT} FROM account WHERE id ${equalsAny(ids)}`,

    byEmail: (email: string): Promise<Account | null> => prisma.account.findFirst({ where: { email } }),

    /** `first + 1` accounts, newest first. */
    page: ({ first, after }: Page): Promise<Account[]> =>
      prisma.account.findMany({
        where: afterCursor(after),
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: first + 1,
      }),

    count: (): Promise<number> => prisma.account.count(),

    /**
     * Creates an account, once per idempotency key. A repeated key returns the account created the first
     * time.
     */
    create: (
      claim: Claim,
      account: Account,
      passwordHash: string,
    ): Promise<Decision<{ userId: string }, EmailTakenError | IdempotencyKeyReusedError>> =>
      prisma.$transaction((tx) => idempotent(tx, claim, () => insert(tx, account, passwordHash))),

    /** The encoded hash of the account's password. */
    async passwordHashOf(userId: string): Promise<string | null> {
      const credential = await prisma.credential.findFirst({ where: { userId } })
      return credential?.passwordHash ?? null
    },

    /** Replaces a hash of another cost by one of the current cost, unless the password has changed. */
    async rehash(userId: string, before: string, after: string): Promise<boolean> {
      const { count } = await prisma.credential.updateMany({
        where: { userId, passwordHash: before },
        data: { passwordHash: after, changedAt: clock() },
      })
      return count === 1
    },

    /** Changes an account by a rule, under a lock. */
    update: <E>(
      id: string,
      change: (account: Account, now: Date) => Decision<Account, E>,
    ): Promise<Decision<Account, E | ValidationError>> =>
      prisma.$transaction(async (tx) => {
        await tx.$executeRaw`SELECT 1 FROM account WHERE id = ${id} FOR UPDATE`
        const account = await tx.account.findFirst({ where: { id } })
        if (!account) return refuse(notFound('user', id, ['userId']))
        const decision = change(account, clock())
        if (!decision.ok || decision.value === account) return decision
        await save(tx, decision.value)
        await appendEvents(tx, [profileUpdated(decision.value), contactChanged(decision.value)])
        return decision
      }),

    /**
     * Changes the roles of an account by a rule. All administrators are locked, so that two who revoke each
     * other concurrently cannot leave the shop without one.
     */
    changeRole: <E>(
      { userId, actorId, action }: RoleChange,
      change: (account: Account, administrators: number, now: Date) => Decision<Account, E>,
    ): Promise<Decision<Account, E | ValidationError>> =>
      prisma.$transaction(async (tx) => {
        await tx.$executeRaw`
          SELECT 1 FROM account WHERE id = ${userId} OR 'ADMIN' = ANY (roles) ORDER BY id FOR UPDATE`
        const account = await tx.account.findFirst({ where: { id: userId } })
        if (!account) return refuse(notFound('user', userId, ['userId']))
        const administrators = await tx.account.count({ where: { roles: { has: 'ADMIN' } } })
        const decision = change(account, administrators, clock())
        if (!decision.ok || decision.value === account) return decision
        await save(tx, decision.value)
        const [before, after] = [account, decision.value].map(({ roles }) => ({ roles }))
        await recordChange(tx, {
          actorId,
          action,
          subjectId: userId,
          before,
          after,
          at: decision.value.updatedAt,
        })
        await appendEvents(tx, [rolesChanged(decision.value)])
        return decision
      }),
  }
}

async function insert(
  tx: Prisma.TransactionClient,
  account: Account,
  passwordHash: string,
): Promise<Decision<{ userId: string }, EmailTakenError>> {
  // The unique index decides between concurrent sign-ups: the second waits for the first, then counts 0.
  const data = { ...account, roles: [...account.roles] }
  const { count } = await tx.account.createMany({ data, skipDuplicates: true })
  if (count === 0) return refuse(emailTaken(account.email))
  // Checked after the insertion, which waits for a concurrent change of an address.
  if (await isReserved(tx, account.email, account.createdAt)) {
    await tx.account.deleteMany({ where: { id: account.id } })
    return refuse(emailTaken(account.email))
  }
  await tx.credential.createMany({ data: { userId: account.id, passwordHash, changedAt: account.createdAt } })
  await appendEvents(tx, [profileUpdated(account), contactChanged(account)])
  return accept({ userId: account.id })
}

async function save(tx: Prisma.TransactionClient, account: Account): Promise<void> {
  const { id, displayName, roles, version, updatedAt } = account
  await tx.account.updateMany({ where: { id }, data: { displayName, roles: [...roles], version, updatedAt } })
}
