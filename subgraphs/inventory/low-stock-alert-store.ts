import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { Page } from '@argyle/kit/connection'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { notFound, type ValidationError } from '@argyle/kit/user-errors'
import type { Prisma, PrismaClient } from './generated/prisma/client.ts'
import type { LowStockAlert, LowStockAlertState } from './low-stock-alert.ts'

const columns = {
  id: true,
  stockLevelId: true,
  availableQuantity: true,
  reorderPoint: true,
  raisedAt: true,
  acknowledgedAt: true,
  resolvedAt: true,
}

const inState: Record<LowStockAlertState, Prisma.LowStockAlertWhereInput> = {
  OPEN: { resolvedAt: null, acknowledgedAt: null },
  ACKNOWLEDGED: { resolvedAt: null, acknowledgedAt: { not: null } },
  RESOLVED: { resolvedAt: { not: null } },
}

/** Reads of alerts, and their acknowledgement. `stock-keeping.ts` raises and resolves them with the stock. */
export function lowStockAlertStore(prisma: PrismaClient, clock: Clock) {
  return {
    /** `first + 1` alerts, newest first. `below` is the last id of the previous page. */
    page(state: LowStockAlertState | null, below: string | null, { first }: Page): Promise<LowStockAlert[]> {
      return prisma.lowStockAlert.findMany({
        where: { ...(state ? inState[state] : {}), ...(below === null ? {} : { id: { lt: below } }) },
        select: columns,
        orderBy: { id: 'desc' },
        take: first + 1,
      })
    },

    /** Records the first acknowledgement of an alert. Repeating it has no effect. */
    async acknowledge(actorId: string, id: string): Promise<Decision<LowStockAlert, ValidationError>> {
      const at = clock()
      const acknowledged = { acknowledgedAt: at, acknowledgedBy: actorId }
      await prisma.$transaction(async (tx) => {
        const { count } = await tx.lowStockAlert.updateMany({
          where: { id, acknowledgedAt: null },
          data: acknowledged,
        })
        const change = { actorId, action: 'acknowledgeLowStockAlert', subjectId: id, at }
        if (count === 1) await recordChange(tx, { ...change, before: {}, after: acknowledged })
      })
      const alert = await prisma.lowStockAlert.findUnique({ where: { id }, select: columns })
      return alert ? accept(alert) : refuse(notFound('low-stock alert', id, ['alertId']))
    },
  }
}

export type LowStockAlertStore = ReturnType<typeof lowStockAlertStore>
