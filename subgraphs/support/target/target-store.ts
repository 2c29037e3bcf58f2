import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type VersionConflictError, versionConflict } from '@argyle/kit/user-errors'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Target } from '../ticket/clocks.ts'
import type { TicketPriority } from '../ticket/ticket.ts'
import type { UpdateTarget } from './target-input.ts'

type Tx = TransactionOf<PrismaClient>

/** The times of a priority, as staff maintain them. */
export type ResponseTarget = Target & { readonly priority: TicketPriority; readonly version: number }

/** The times of a priority. The migration inserts a row of each. */
export function targetOf(tx: Tx, priority: TicketPriority): Promise<ResponseTarget> {
  return tx.responseTarget.findFirstOrThrow({ where: { priority } })
}

/** The transactions of response targets. */
export function targetStore(prisma: PrismaClient, clock: Clock) {
  return {
    /** All targets, the least urgent first: the order of the enum. */
    all: (): Promise<ResponseTarget[]> => prisma.responseTarget.findMany({ orderBy: { priority: 'asc' } }),

    update(
      actorId: string,
      { priority, expectedVersion, ...times }: UpdateTarget,
    ): Promise<Decision<ResponseTarget, VersionConflictError>> {
      return prisma.$transaction(async (tx): Promise<Decision<ResponseTarget, VersionConflictError>> => {
        await tx.$executeRaw`SELECT 1 FROM response_target WHERE priority = ${priority}::ticket_priority FOR UPDATE`
        const before = await targetOf(tx, priority)
        if (before.version !== expectedVersion)
          return refuse(versionConflict(expectedVersion, before.version))
        const at = clock()
        const after = { ...before, ...times, version: before.version + 1, updatedAt: at }
        await tx.responseTarget.updateMany({ where: { priority }, data: after })
        const change = { actorId, action: 'updateResponseTarget', subjectId: priority }
        await recordChange(tx, { ...change, before, after, at })
        return accept(after)
      })
    },
  }
}

export type TargetStore = ReturnType<typeof targetStore>
