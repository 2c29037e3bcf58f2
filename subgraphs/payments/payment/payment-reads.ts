import { hasScope, isSelf, type Viewer } from '@argyle/kit/identity'
import { type Currency, isCurrency } from '@argyle/kit/money'
import type { Dispute, Payment as PaymentRow, PrismaClient, Refund } from '../generated/prisma/client.ts'

/** A payment that can be shown. A tombstone, which has no currency, cannot. */
export type Payment = Omit<PaymentRow, 'currency'> & { readonly currency: Currency }

/** Rows that belong to a payment, with its currency. */
export type RefundOfPayment = Refund & { readonly currency: Currency }
export type DisputeOfPayment = Dispute & { readonly currency: Currency }

function shown(rows: readonly PaymentRow[]): Payment[] {
  return rows.flatMap((row) => (isCurrency(row.currency) ? [{ ...row, currency: row.currency }] : []))
}

/** Statements that only read. */
export function paymentReads(prisma: PrismaClient) {
  return {
    byIds: async (ids: readonly string[]) =>
      shown(await prisma.payment.findMany({ where: { id: { in: [...ids] } } })),

    ofOrders: async (orderIds: readonly string[]) =>
      shown(await prisma.payment.findMany({ where: { orderId: { in: [...orderIds] } } })),

    refundsOf: (paymentIds: readonly string[]) =>
      prisma.refund.findMany({
        where: { paymentId: { in: [...paymentIds] } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      }),

    disputesOf: (paymentIds: readonly string[]) =>
      prisma.dispute.findMany({ where: { paymentId: { in: [...paymentIds] } }, orderBy: { id: 'asc' } }),

    methodsByIds: (ids: readonly string[]) =>
      prisma.paymentMethod.findMany({ where: { id: { in: [...ids] } } }),

    methodsOf: (customerIds: readonly string[], gateway: string) =>
      prisma.paymentMethod.findMany({
        where: { customerId: { in: [...customerIds] }, gateway, removedAt: null },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      }),
  }
}

export type PaymentReads = ReturnType<typeof paymentReads>

/** Tests who may read a payment: its customer, and staff with the scope. */
export function maySeePayment(viewer: Viewer, { customerId }: Payment): boolean {
  return (customerId !== null && isSelf(viewer, customerId)) || hasScope(viewer, 'payments:read')
}
