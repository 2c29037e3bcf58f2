import type { TransactionOf } from '@argyle/kit/database'
import type { Decision } from '@argyle/kit/decision'
import type { PrismaClient } from './generated/prisma/client.ts'

/** The client inside a transaction. */
export type Tx = TransactionOf<PrismaClient>

class Refused extends Error {
  readonly decision: unknown
  constructor(decision: unknown) {
    super('refused')
    this.decision = decision
  }
}

/** Runs `work` in one transaction. A refusal rolls it back. */
export async function atomically<T, E>(
  prisma: PrismaClient,
  work: (tx: Tx) => Promise<Decision<T, E>>,
): Promise<Decision<T, E>> {
  try {
    return await prisma.$transaction(async (tx) => {
      const decision = await work(tx)
      if (!decision.ok) throw new Refused(decision)
      return decision
    })
  } catch (error) {
    // Thrown above with the decision of this call.
    if (error instanceof Refused) return error.decision as Decision<T, E>
    throw error
  }
}
