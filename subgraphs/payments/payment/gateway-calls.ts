import { newId } from '@argyle/kit/ids'
import type { Currency } from '@argyle/kit/money'
import { currentTrace } from '@argyle/kit/trace'
import type { GatewayName } from '../gateway/gateway.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { GatewayCallKind } from '../generated/prisma/enums.ts'
import type { Tx } from '../transaction.ts'

/** Lease of a claimed call. After it another replica may repeat the call with the same key. */
const LEASE_MS = 20_000
const LONGEST_BACKOFF_MS = 60_000

/** A claimed call with all data to make it. */
export type ClaimedCall = {
  readonly id: string
  readonly paymentId: string
  readonly kind: GatewayCallKind
  readonly attempts: number
  readonly dueAt: Date
  readonly orderId: string
  readonly orderNumber: string | null
  readonly currency: Currency
  readonly amountMinor: bigint
  readonly gatewayRef: string | null
  readonly methodRef: string
  readonly refundId: string | null
  readonly refundMinor: bigint | null
  readonly refundReason: string | null
  readonly correlationId: string
  readonly causationId: string | null
  readonly traceparent: string | null
}

/** Inserts a call in the transaction of the decision. */
export async function openCall(
  tx: Tx,
  paymentId: string,
  kind: GatewayCallKind,
  { dueAt, now, refundId = null }: { dueAt: Date; now: Date; refundId?: string | null },
): Promise<void> {
  const { correlationId, causationId, traceparent } = currentTrace()
  await tx.$executeRaw`
    INSERT INTO gateway_call (id, payment_id, kind, refund_id, due_at, created_at, correlation_id, causation_id, traceparent)
    VALUES (${newId('gwc')}, ${paymentId}, ${kind}::gateway_call_kind, ${refundId}, ${dueAt}, ${now}, ${correlationId},
            ${causationId}, ${traceparent})`
}

/** Schedules a lookup of the payment at the gateway: advances the open lookup, or inserts one. */
export async function askSoon(tx: Tx, paymentId: string, dueAt: Date, now: Date): Promise<void> {
  const { correlationId, causationId, traceparent } = currentTrace()
  await tx.$executeRaw`
    INSERT INTO gateway_call (id, payment_id, kind, due_at, created_at, correlation_id, causation_id, traceparent)
    VALUES (${newId('gwc')}, ${paymentId}, 'FETCH', ${dueAt}, ${now}, ${correlationId}, ${causationId}, ${traceparent})
    ON CONFLICT (payment_id, kind) WHERE done_at IS NULL AND kind <> 'REFUND'
    DO UPDATE SET due_at = EXCLUDED.due_at`
}

/**
 * Claims due calls of this gateway. Skips those locked by other replicas. The scalar subquery and `OFFSET 0` prevent joins of whole
 * tables: few calls are due, however many payments there are.
 */
export async function claimCalls(
  prisma: PrismaClient,
  { gateway, now, most }: { gateway: GatewayName; now: Date; most: number },
): Promise<ClaimedCall[]> {
  const leased = new Date(now.getTime() + LEASE_MS)
  return prisma.$queryRaw<ClaimedCall[]>`
    WITH claimed AS (
      UPDATE gateway_call SET attempts = attempts + 1, due_at = ${leased}
       WHERE id = ANY(ARRAY(
         SELECT due.id FROM gateway_call due
          WHERE due.done_at IS NULL AND due.due_at <= ${now}
            AND ${gateway} = (SELECT m.gateway FROM payment p JOIN payment_method m ON m.id = p.method_id
                               WHERE p.id = due.payment_id)
          ORDER BY due.due_at LIMIT ${most} FOR UPDATE OF due SKIP LOCKED))
      RETURNING id, payment_id, kind, attempts, due_at, refund_id, correlation_id, causation_id, traceparent)
    SELECT c.id, c.payment_id AS "paymentId", c.kind::text, c.attempts, c.due_at AS "dueAt", c.refund_id AS "refundId",
           c.correlation_id AS "correlationId", c.causation_id AS "causationId", c.traceparent, about.*
      FROM claimed c CROSS JOIN LATERAL (
        SELECT p.order_id AS "orderId", p.order_number AS "orderNumber", p.currency, p.amount_minor AS "amountMinor",
               p.gateway_ref AS "gatewayRef", m.gateway_ref AS "methodRef", r.amount_minor AS "refundMinor",
               r.reason AS "refundReason"
          FROM payment p JOIN payment_method m ON m.id = p.method_id LEFT JOIN refund r ON r.id = c.refund_id
         WHERE p.id = c.payment_id OFFSET 0) about`
}

/** Closes a call, unless it was requested again since it was claimed. */
export async function closeCall(tx: Tx, { id, dueAt }: ClaimedCall, now: Date): Promise<void> {
  await tx.$executeRaw`UPDATE gateway_call SET done_at = ${now}, last_error = NULL WHERE id = ${id} AND due_at = ${dueAt}`
}

/** Postpones a call. */
export async function putOff(
  tx: Tx,
  { id, dueAt }: ClaimedCall,
  until: Date,
  lastError: string | null,
): Promise<void> {
  await tx.$executeRaw`UPDATE gateway_call SET due_at = ${until}, last_error = ${lastError} WHERE id = ${id} AND due_at = ${dueAt}`
}

/** Delay before the next attempt: 0.5 s, 1 s, 2 s … up to a minute. */
export function backoffMs(attempts: number): number {
  return Math.min(500 * 2 ** (attempts - 1), LONGEST_BACKOFF_MS)
}
