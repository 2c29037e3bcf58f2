import type { Tx } from '../transaction.ts'

type Claim = { readonly orderId: string; readonly customerId: string }

/** `orders.order.claimed`: assigns a guest's payment to a customer. The first claim counts. */
export async function claimPayment(tx: Tx, { orderId, customerId }: Claim): Promise<void> {
  // The lock of `lockPaymentOf` for an order without a payment: a claim and an authorize wait for each other.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${orderId}, 0))`
  await tx.$executeRaw`
    INSERT INTO order_claim (order_id, customer_id) VALUES (${orderId}, ${customerId}) ON CONFLICT DO NOTHING`
  await tx.$executeRaw`UPDATE payment SET customer_id = ${customerId} WHERE order_id = ${orderId} AND customer_id IS NULL`
  await tx.$executeRaw`UPDATE payment_method SET payer_id = ${customerId} WHERE order_id = ${orderId} AND payer_id IS NULL`
}

/** The customer who claimed an order before its payment; null: nobody. */
export async function claimantOf(tx: Tx, orderId: string): Promise<string | null> {
  const [claim] = await tx.$queryRaw<{ customerId: string }[]>`
    SELECT customer_id AS "customerId" FROM order_claim WHERE order_id = ${orderId}`
  return claim?.customerId ?? null
}
