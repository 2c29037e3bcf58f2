import { loadMany, loadOne } from '@argyle/kit/loader'
import type { PaymentReads } from './payment/payment-reads.ts'

/** The loaders of one operation: whatever it asks for 50 times is one statement. */
export function paymentLoaders(reads: PaymentReads, gateway: string) {
  return {
    paymentById: loadOne(reads.byIds, (payment) => payment.id),
    paymentByOrderId: loadOne(reads.ofOrders, (payment) => payment.orderId),
    refundsByPaymentId: loadMany(reads.refundsOf, (refund) => refund.paymentId),
    disputesByPaymentId: loadMany(reads.disputesOf, (dispute) => dispute.paymentId),
    methodById: loadOne(reads.methodsByIds, (method) => method.id),
    methodsByCustomerId: loadMany(
      (customerIds: readonly string[]) => reads.methodsOf(customerIds, gateway),
      // Only a customer's methods are asked for.
      (method) => method.customerId ?? '',
    ),
  }
}

export type PaymentLoaders = ReturnType<typeof paymentLoaders>
