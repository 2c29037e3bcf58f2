import { hasScope, isSelf, type Viewer } from '@argyle/kit/identity'
import type { PrismaClient } from './generated/prisma/client.ts'
import type { HeldReservation } from './reservation.ts'

/** The reservations of these orders, in any order, without those that never held units. */
export async function heldReservations(
  prisma: PrismaClient,
  orderIds: readonly string[],
): Promise<HeldReservation[]> {
  const rows = await prisma.reservation.findMany({
    where: { orderId: { in: [...orderIds] }, expiresAt: { not: null } },
    select: { id: true, orderId: true, customerId: true, status: true, expiresAt: true },
  })
  return rows.flatMap(({ status, expiresAt, ...row }) =>
    status === 'REJECTED' || expiresAt === null ? [] : [{ ...row, status, expiresAt }],
  )
}

/** Tests who may read a reservation: staff, and the customer of the order. */
export function maySee(viewer: Viewer, { customerId }: HeldReservation): boolean {
  return hasScope(viewer, 'inventory:read') || (customerId !== null && isSelf(viewer, customerId))
}
