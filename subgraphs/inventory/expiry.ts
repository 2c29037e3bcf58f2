import type { Clock } from '@argyle/kit/clock'
import type { PrismaClient } from './generated/prisma/client.ts'
import { expireNext } from './reservation-store.ts'

/**
 * Ends all expired reservations, each in its own transaction, so that no shopper waits for the whole sweep.
 */
export async function expireDue({ prisma, clock }: { prisma: PrismaClient; clock: Clock }): Promise<void> {
  const now = clock()
  while (await prisma.$transaction((tx) => expireNext(tx, now))) {
    // Each iteration ends one reservation; the loop ends when none is found.
  }
}
