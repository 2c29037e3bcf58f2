import { loadMany, loadOne } from '@argyle/kit/loader'
import type { PaymentReads } from './payment/payment-reads.ts'

/** The loaders of one operation: 50 lookups of a kind become one statement. */
export function paymentLoaders(reads: PaymentReads, gateway: string) {
  return {
    paymentById: loadOne(reads.byIds, (payment) => payment.id),
    paymentByOrderId: loadOne(reads.ofOrders, (payment) => payment.orderId),
    refundsByPaymentId: loadMany(reads.refundsOf, (refund) => refund.paymentId),
    disputesByPaymentId: loadMany(reads.disputesOf, (dispute) => dispute.paymentId),
    methodById: loadOne(reads.methodsByIds, (method) => method.id),
    methodsByCustomerId: loadMany(
      (customerIds: readonly string[]) => reads.methodsOf(customerIds, gateway),
      // The keys are customer ids, so guests' methods, which have none, never occur.
      (method) => method.customerId ?? '',
    ),
  }
}

export type PaymentLoaders = ReturnType<typeof paymentLoaders>
