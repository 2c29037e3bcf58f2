import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Terms } from './advance.ts'
import { scheduleLookup } from './gateway-calls.ts'

/** Maximum number of payments that one round looks up, so that a backlog does not hold up the calls that customers wait for. */
export const MAX_CHECKS = 20

/** `everyMs`: time between two lookups of a refund; `forMs`: time after its success in which it may still fail. */
type CheckTimes = { readonly everyMs: number; readonly forMs: number }

/**
 * Looks up payments whose refunds succeeded and may still fail, as a webhook about them would, in case that it is lost. Those not looked
 * up for the longest time are first. Any number of replicas may run it concurrently: a payment that is locked is left to a later round.
 */
export function refundChecks(prisma: PrismaClient, terms: Terms, times: CheckTimes): () => Promise<void> {
  const { clock, gateway, nudge } = terms
  return async () => {
    const now = clock()
    const since = new Date(now.getTime() - times.forMs)
    const before = new Date(now.getTime() - times.everyMs)
    await prisma.$transaction(async (tx) => {
      const due = await tx.$queryRaw<{ id: string }[]>`
        SELECT p.id
          FROM (SELECT payment_id, min(COALESCE(checked_at, settled_at)) AS seen_at FROM refund
                 WHERE status = 'SUCCEEDED' AND settled_at > ${since} AND COALESCE(checked_at, settled_at) <= ${before}
                 GROUP BY payment_id) unseen
          JOIN payment p ON p.id = unseen.payment_id JOIN payment_method m ON m.id = p.method_id
         WHERE m.gateway = ${gateway}
         ORDER BY unseen.seen_at, p.id LIMIT ${MAX_CHECKS} FOR UPDATE OF p SKIP LOCKED`
      const ids = due.map(({ id }) => id)
      await tx.refund.updateMany({
        where: { paymentId: { in: ids }, status: 'SUCCEEDED' },
        data: { checkedAt: now },
      })
      for (const id of ids) await scheduleLookup(tx, id, now, now)
    })
    nudge()
  }
}
