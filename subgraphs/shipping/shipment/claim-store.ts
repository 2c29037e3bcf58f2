import type { TransactionOf } from '@argyle/kit/database'
import type { PrismaClient } from '../generated/prisma/client.ts'

type Tx = TransactionOf<PrismaClient>

type Claim = { readonly orderId: string; readonly customerId: string }

/** A concurrent claim and create do not see each other's row, so one waits for the other to commit. */
async function lock(tx: Tx, orderId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${orderId}, 0))`
}

/** `orders.order.claimed`: assigns a guest's order and its returns to a customer. The first claim counts. */
export async function claimOrder(tx: Tx, { orderId, customerId }: Claim): Promise<void> {
  await lock(tx, orderId)
  await tx.orderClaim.createMany({ data: [{ orderId, customerId }], skipDuplicates: true })
  const unclaimed = { orderId, customerId: null }
  await tx.fulfilment.updateMany({ where: unclaimed, data: { customerId } })
  await tx.returnRequest.updateMany({ where: unclaimed, data: { customerId } })
}

/** The customer who claimed an order that shipping does not know yet; null if none did. */
export async function claimantOf(tx: Tx, orderId: string): Promise<string | null> {
  await lock(tx, orderId)
  const [claim] = await tx.$queryRaw<{ customerId: string }[]>`
    SELECT customer_id AS "customerId" FROM order_claim WHERE order_id = ${orderId}`
  return claim?.customerId ?? null
}
