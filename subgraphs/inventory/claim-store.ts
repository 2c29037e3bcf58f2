import type { TransactionOf } from '@argyle/kit/database'
import type { PrismaClient } from './generated/prisma/client.ts'

type Tx = TransactionOf<PrismaClient>

type Claim = { readonly orderId: string; readonly customerId: string }

/**
 * `orders.order.claimed`: assigns a guest's reservation to a customer. The first claim counts. A concurrent
 * claim and reserve wait for each other at the lock, so that one of them sees the other's row.
 */
export async function claimReservation(tx: Tx, { orderId, customerId }: Claim): Promise<void> {
  await lockClaim(tx, orderId)
  await tx.$executeRaw`
    INSERT INTO order_claim (order_id, customer_id) VALUES (${orderId}, ${customerId}) ON CONFLICT DO NOTHING`
  await tx.$executeRaw`
    UPDATE reservation SET customer_id = ${customerId} WHERE order_id = ${orderId} AND customer_id IS NULL`
}

/** The customer who claimed an order before its reservation; null if nobody did. */
export async function claimantOf(tx: Tx, orderId: string): Promise<string | null> {
  await lockClaim(tx, orderId)
  const [claim] = await tx.$queryRaw<{ customerId: string }[]>`
    SELECT customer_id AS "customerId" FROM order_claim WHERE order_id = ${orderId}`
  return claim?.customerId ?? null
}

async function lockClaim(tx: Tx, orderId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${orderId}, 0))`
}
