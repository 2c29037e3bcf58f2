// Tested in ../rates.int.test.ts: the test changes zones, methods and rates.

import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type ValidationError,
  type VersionConflictError,
  validationError,
} from '@argyle/kit/user-errors'
import type { PrismaClient } from '../generated/prisma/client.ts'

export type Tx = TransactionOf<PrismaClient>

/** A change requested by a member of staff. */
export type StaffRequest = { readonly actorId: string; readonly mutation: string }

/** A kind of row that staff maintain: its name in the audit log, and its statements. */
export type Kept<Row> = {
  readonly what: string
  /** Locks and reads the row. */
  lock(tx: Tx, id: string): Promise<Row | null>
  save(tx: Tx, row: Row): Promise<Decision<Row, ValidationError>>
}

/** The user errors of a change by staff. */
export type ChangeError = VersionConflictError | ValidationError
export type CreateError = IdempotencyKeyReusedError | ValidationError

/** Creates and changes rows that staff maintain, each in one transaction with its audit entry. */
export function auditedStore(prisma: PrismaClient, clock: Clock) {
  return {
    /** Creates a row, once per idempotency key. @returns its id */
    create<Row extends { readonly id: string }>(
      { actorId, mutation }: StaffRequest,
      request: { readonly idempotencyKey: string },
      make: (tx: Tx, now: Date) => Promise<Decision<Row, ValidationError>>,
    ): Promise<Decision<string, CreateError>> {
      const claim = { principal: actorId, mutation, key: request.idempotencyKey, request }
      return atomically(prisma, (tx) =>
        idempotent(tx, claim, async () => {
          const at = clock()
          const made = await make(tx, at)
          if (!made.ok) return made
          const { id } = made.value
          await recordChange(tx, {
            actorId,
            action: mutation,
            subjectId: id,
            before: null,
            after: made.value,
            at,
          })
          return accept(id)
        }),
      )
    },

    /** Locks a row, applies `decide`, and saves it. */
    change<Row extends { readonly id: string }>(
      { actorId, mutation }: StaffRequest,
      { what, lock, save }: Kept<Row>,
      id: string,
      decide: (row: Row) => Decision<Row, ChangeError>,
    ): Promise<Decision<Row, ChangeError>> {
      return atomically(prisma, async (tx) => {
        const before = await lock(tx, id)
        if (!before) return refuse(notFound(what, id, ['id']))
        const decision = decide(before)
        if (!decision.ok) return decision
        const saved = await save(tx, decision.value)
        if (!saved.ok) return saved
        const change = { actorId, action: mutation, subjectId: id, before, after: saved.value, at: clock() }
        await recordChange(tx, change)
        return saved
      })
    },
  }
}

export type AuditedStore = ReturnType<typeof auditedStore>

/** Thrown to roll back a transaction, and caught in `atomically`. */
class Refused extends Error {
  readonly decision: unknown
  constructor(decision: unknown) {
    super('refused')
    this.decision = decision
  }
}

/** Runs `work` in one transaction, which is rolled back if it refuses. */
async function atomically<T, E>(
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

/** Id of the advisory lock; an arbitrary number, equal in all replicas. */
const MAKING_LOCK = 4_201

/**
 * Counts the rows of a kind before another is created. Callers run one at a time.
 * @returns the refusal if the maximum is reached; else null
 */
export async function countBefore(
  tx: Tx,
  count: () => Promise<number>,
  most: number,
  what: string,
): Promise<ValidationError | null> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${MAKING_LOCK})`
  if ((await count()) < most) return null
  return validationError(`there are ${most} ${what} already: allowed are ${most} at most`)
}
