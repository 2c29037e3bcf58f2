import type { Clock } from '@argyle/kit/clock'
import { eachDue } from '@argyle/kit/each-due'
import type { PrismaClient } from './generated/prisma/client.ts'
import { expireNext } from './reservation-store.ts'

/**
 * Ends all expired reservations, each in its own transaction, so that no shopper waits for the whole sweep.
 */
export async function expireDue(
  { prisma, clock }: { prisma: PrismaClient; clock: Clock },
  stop?: AbortSignal,
): Promise<void> {
  const now = clock()
  const next: Parameters<typeof eachDue>[0] = (except, claimed) =>
    prisma.$transaction((tx) => expireNext(tx, now, { except, claimed }))
  await eachDue(next, stop)
}
