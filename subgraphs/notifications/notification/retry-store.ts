// Tested in ../retry.int.test.ts: its transactions need a database.
import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { notFound, type ValidationError, validationError } from '@argyle/kit/user-errors'
import type { PrismaClient } from '../generated/prisma/client.ts'

const LOCK = `
SELECT channel, kind, status, attempts, last_error AS "lastError", content IS NOT NULL AS "hasContent"
  FROM notification WHERE id = $1 FOR UPDATE`

// The message goes to the account's current address. One with a link keeps its address, since the link is for
// that address only.
const QUEUE = `
UPDATE notification AS n
   SET status = 'QUEUED', attempts = 0, available_at = $2::timestamptz, last_error = NULL,
       address = CASE WHEN n.content->>'sealedToken' IS NOT NULL THEN n.address
                      WHEN n.channel = 'EMAIL' THEN COALESCE((SELECT email FROM person p WHERE p.user_id = n.user_id), n.address)
                      WHEN n.channel = 'SMS' THEN (SELECT number FROM phone p WHERE p.user_id = n.user_id)
                      ELSE n.address END
 WHERE n.id = $1`

type Row = {
  readonly channel: string
  readonly kind: string
  readonly status: string
  readonly attempts: number
  readonly lastError: string | null
  readonly hasContent: boolean
}

/** Retries of failed messages. */
export function retryStore(prisma: PrismaClient, clock: Clock) {
  return {
    /**
     * Queues a failed message for a full set of attempts, and records the change. A message that is queued
     * already is not changed.
     */
    retry: (actorId: string, id: string): Promise<Decision<string, ValidationError>> =>
      prisma.$transaction(async (tx) => {
        const [row] = await tx.$queryRawUnsafe<Row[]>(LOCK, id)
        if (!row || row.channel === 'IN_APP')
          return refuse(notFound('message of a channel that sends', id, ['id']))
        if (row.status === 'QUEUED') return accept(id)
        if (row.status !== 'FAILED')
          return refuse(cannotRetry(id, `is ${row.status}: allowed is one that is FAILED`))
        if (row.kind === 'CAMPAIGN')
          return refuse(cannotRetry(id, 'is of a campaign, whose results are settled'))
        if (!row.hasContent)
          return refuse(cannotRetry(id, 'bounced after it was sent, and its text is not stored'))
        const at = clock()
        await tx.$executeRawUnsafe(QUEUE, id, at)
        const { status, attempts, lastError } = row
        const before = { status, attempts, lastError }
        const after = { status: 'QUEUED', attempts: 0, lastError: null }
        await recordChange(tx, { actorId, action: 'retryNotification', subjectId: id, before, after, at })
        return accept(id)
      }),
  }
}

function cannotRetry(id: string, why: string): ValidationError {
  return validationError(`the message ${id} ${why}`, ['id'])
}

export type RetryStore = ReturnType<typeof retryStore>
