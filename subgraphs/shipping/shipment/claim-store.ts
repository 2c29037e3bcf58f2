import type { TransactionOf } from '@argyle/kit/database'
import type { PrismaClient } from '../generated/prisma/client.ts'

type Tx = TransactionOf<PrismaClient>

type Claim = { readonly orderId: string; readonly customerId: string }

/** A claim and a create at once do not see each other's row: one waits for the other to commit. */
async function lock(tx: Tx, orderId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${orderId}, 0))`
}

/** `orders.order.claimed`: a guest's order, with its returns, is a customer's from now on. The first claim counts. */
export async function claimOrder(tx: Tx, { orderId, customerId }: Claim): Promise<void> {
  await lock(tx, orderId)
  await tx.orderClaim.createMany({ data: [{ orderId, customerId }], skipDuplicates: true })
  const unclaimed = { orderId, customerId: null }
  await tx.fulfilment.updateMany({ where: unclaimed, data: { customerId } })
  await tx.returnRequest.updateMany({ where: unclaimed, data: { customerId } })
}

/** Who has claimed an order of which shipping has not heard; null: nobody. */
export async function claimantOf(tx: Tx, orderId: string): Promise<string | null> {
  await lock(tx, orderId)
  const claim = await tx.orderClaim.findUnique({ where: { orderId }, select: { customerId: true } })
  return claim?.customerId ?? null
}
