import { recordChange } from '@argyle/kit/audit'
import { type Connection, connectionOf, pageArgs } from '@argyle/kit/connection'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idSchema, isId } from '@argyle/kit/ids'
import { forgedCursor } from '@argyle/kit/keyset'
import { notFound, type ValidationError, validate } from '@argyle/kit/user-errors'
import { z } from 'zod'
import type { Prisma } from './generated/prisma/client.ts'
import type { LowStockAlert, LowStockAlertState } from './low-stock-alert.ts'
import type { StockKeeping } from './stock-store.ts'

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

type AlertArguments = {
  first?: number | null
  after?: string | null
  state?: LowStockAlertState | null
}

/**
 * A page of alerts, the newest first: their ids sort by the time at which they were raised.
 * @throws GraphQLError BAD_USER_INPUT for arguments out of range.
 */
export async function lowStockAlerts(
  { prisma }: Pick<StockKeeping, 'prisma'>,
  { state, ...args }: AlertArguments,
): Promise<Connection<LowStockAlert>> {
  const sort = 'alerts'
  const page = pageArgs(args, { sort, first: 50 })
  const below = page.after?.[0]
  if (below !== undefined && !isId('alr', String(below))) {
    throw forgedCursor(page.after)
  }
  const rows = await prisma.lowStockAlert.findMany({
    where: {
      ...(state ? inState[state] : {}),
      ...(below === undefined ? {} : { id: { lt: String(below) } }),
    },
    select: columns,
    orderBy: { id: 'desc' },
    take: page.first + 1,
  })
  return connectionOf(rows, page, { sort, cursorOf: ({ id }) => [id] })
}

const acknowledgementSchema = z.object({ alertId: idSchema('alr') })

/** Notes who saw an alert first, and when; seeing it again changes nothing. */
export async function acknowledgeLowStockAlert(
  { prisma, clock }: Pick<StockKeeping, 'prisma' | 'clock'>,
  actorId: string,
  input: unknown,
): Promise<Decision<LowStockAlert, ValidationError>> {
  const request = validate(acknowledgementSchema, input)
  if (!request.ok) return request
  const { alertId: id } = request.value
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
}
