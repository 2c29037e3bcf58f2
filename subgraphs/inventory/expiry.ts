import type { Clock } from '@argyle/kit/clock'
import type { PrismaClient } from './generated/prisma/client.ts'
import { expireNext } from './reservation-store.ts'

/** Ends all holds whose time is over, each in a transaction of its own, so that no shopper waits for the whole sweep. */
export async function expireDue({ prisma, clock }: { prisma: PrismaClient; clock: Clock }): Promise<void> {
  const now = clock()
  while (await prisma.$transaction((tx) => expireNext(tx, now))) {
    // Each round ends one hold; the loop ends with the first that finds none.
  }
}
