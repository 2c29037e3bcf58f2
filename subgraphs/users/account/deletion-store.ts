// Tested in deletion.int.test.ts: its transactions need a database.
import type { Clock } from '@argyle/kit/clock'
import { type Decision, refuse } from '@argyle/kit/decision'
import { appendEvents } from '@argyle/kit/outbox'
import { accountDeleted, addressRemoved } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { type InvalidCredentialsError, invalidCredentials } from '../session/session.ts'
import type { LastAdministratorError } from './account.ts'
import { deleteAccount } from './deletion.ts'

export type DeletionStore = ReturnType<typeof deletionStore>

/** Deletions of accounts. */
export function deletionStore(prisma: PrismaClient, clock: Clock) {
  return {
    /**
     * Deletes an account with all its data except its id. Accepts the id.
     * @param passwordHash the hash that was checked. The deletion is refused if it has changed since
     */
    delete: (
      userId: string,
      passwordHash: string,
    ): Promise<Decision<string, InvalidCredentialsError | LastAdministratorError>> =>
      prisma.$transaction(async (tx) => {
        // All administrators are locked, so that two who leave concurrently cannot leave the shop without
        // one.
        await tx.$executeRaw`
          SELECT 1 FROM account WHERE id = ${userId} OR 'ADMIN' = ANY (roles) ORDER BY id FOR UPDATE`
        const account = await tx.account.findFirst({
          where: { id: userId },
          include: { addresses: true, credential: true },
        })
        if (!account || account.credential?.passwordHash !== passwordHash) return refuse(invalidCredentials())
        const administrators = await tx.account.count({ where: { roles: { has: 'ADMIN' } } })
        const decision = deleteAccount(account, administrators, clock())
        if (!decision.ok) return decision
        // Credential, sessions, links, addresses and role changes are deleted by cascade.
        await tx.account.deleteMany({ where: { id: userId } })
        await tx.linkRequest.deleteMany({ where: { OR: [{ userId }, { email: account.email }] } })
        await tx.deletedAccount.createMany({ data: [decision.value] })
        const removed = account.addresses.map(addressRemoved)
        await appendEvents(tx, [...removed, accountDeleted(decision.value)])
        return { ok: true, value: userId }
      }),
  }
}
