import type { Clock } from '@argyle/kit/clock'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { mark, missed } from './clocks.ts'
import { ticketReads } from './ticket-reads.ts'
import { save, type Tx } from './ticket-rows.ts'

/** Tickets of one transaction. */
const BATCH = 100

/** Marks the deadlines that have passed, and publishes each once. Any number of replicas share the work. */
export function breachStore(prisma: PrismaClient, clock: Clock) {
  async function markBatch(tx: Tx): Promise<number> {
    const now = clock()
    const due = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM ticket WHERE breach_at <= ${now} ORDER BY breach_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`
    const tickets = await ticketReads(tx).byIds(due.map(({ id }) => id))
    for (const before of tickets) {
      const breaches = missed(before, now)
      const after = { ...mark(before, breaches), sequence: before.sequence + 1, updatedAt: now }
      await save(tx, { before, after, breaches, staff: null })
    }
    return tickets.length
  }

  return {
    async markDue(): Promise<void> {
      for (let count = BATCH; count === BATCH; ) count = await prisma.$transaction(markBatch)
    },
  }
}

export type BreachStore = ReturnType<typeof breachStore>
