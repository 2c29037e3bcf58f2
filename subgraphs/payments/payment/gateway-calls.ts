import { foreignText } from '@argyle/kit/foreign-text'
import { newId } from '@argyle/kit/ids'
import { executeLater } from '@argyle/kit/later'
import type { Currency } from '@argyle/kit/money'
import { currentTrace } from '@argyle/kit/trace'
import type { GatewayName } from '../gateway/gateway.ts'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import type { GatewayCallKind } from '../generated/prisma/enums.ts'
import type { Tx } from '../transaction.ts'
import type { PaymentState } from './payment.ts'

/** Lease of a claimed call. After it another replica may repeat the call with the same key. */
const LEASE_MS = 20_000
/** Longest pause before a failed call is repeated. */
const MAX_BACKOFF_MS = 60_000
/** Maximum length of a stored failure, in characters. */
const MAX_ERROR_LENGTH = 500

/** When a claim that is made now ends. */
const leaseFrom = (now: Date) => new Date(now.getTime() + LEASE_MS)

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
  /** Keys of the failed refunds at the gateway that this one repeats. */
  readonly refundReplaces: readonly string[]
  /** Whether it ends an authentication that the customer did not complete in time. */
  readonly isTimeout: boolean
  readonly correlationId: string
  readonly causationId: string | null
  readonly traceparent: string | null
}

/** A new call of a payment. */
export type NewCall = {
  readonly id: string
  readonly paymentId: string
  readonly kind: GatewayCallKind
  readonly refundId: string | null
  /** 1 for a call that is inserted as claimed by this process. */
  readonly attempts: 0 | 1
  readonly dueAt: Date
  readonly correlationId: string
  readonly causationId: string | null
  readonly traceparent: string | null
}

/**
 * A call that is due at once. With `isClaimed` it is inserted as claimed by this process, which makes it after the commit; another process
 * claims it after its lease.
 */
export function newCall(
  paymentId: string,
  kind: GatewayCallKind,
  { now, refundId = null, isClaimed = false }: { now: Date; refundId?: string | null; isClaimed?: boolean },
): NewCall {
  const { correlationId, causationId, traceparent } = currentTrace()
  const trace = { correlationId, causationId, traceparent }
  const due = isClaimed
    ? ({ attempts: 1, dueAt: leaseFrom(now) } as const)
    : ({ attempts: 0, dueAt: now } as const)
  return { id: newId('gwc'), paymentId, kind, refundId, ...due, ...trace }
}

/** The statement that inserts a call. */
export const insertCall = (call: NewCall, now: Date) => Prisma.sql`
  INSERT INTO gateway_call (id, payment_id, kind, refund_id, attempts, due_at, created_at, correlation_id, causation_id, traceparent)
  VALUES (${call.id}, ${call.paymentId}, ${call.kind}::gateway_call_kind, ${call.refundId}, ${call.attempts}, ${call.dueAt}, ${now},
          ${call.correlationId}, ${call.causationId}, ${call.traceparent})`

/** Inserts a call in the transaction of the decision. */
export async function openCall(tx: Tx, call: NewCall, now: Date): Promise<void> {
  await executeLater(tx, insertCall(call, now))
}

/** Schedules a lookup of the payment at the gateway: advances the open lookup, or inserts one. */
export async function scheduleLookup(tx: Tx, paymentId: string, dueAt: Date, now: Date): Promise<void> {
  const { correlationId, causationId, traceparent } = currentTrace()
  await executeLater(
    tx,
    Prisma.sql`
    INSERT INTO gateway_call (id, payment_id, kind, due_at, created_at, correlation_id, causation_id, traceparent)
    VALUES (${newId('gwc')}, ${paymentId}, 'FETCH', ${dueAt}, ${now}, ${correlationId}, ${causationId}, ${traceparent})
    ON CONFLICT (payment_id, kind) WHERE done_at IS NULL AND kind <> 'REFUND'
    DO UPDATE SET due_at = EXCLUDED.due_at`,
  )
}

/**
 * Claims due calls of this gateway. Skips those locked by other replicas. The scalar subquery and `OFFSET 0` prevent joins of whole
 * tables: few calls are due, however many payments there are.
 */
export async function claimCalls(
  prisma: PrismaClient,
  { gateway, now, most }: { gateway: GatewayName; now: Date; most: number },
): Promise<ClaimedCall[]> {
  const leased = leaseFrom(now)
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
               r.reason AS "refundReason", p.status = 'REQUIRES_ACTION' AS "isTimeout",
               -- Orders repeats a failed refund under its key with a number behind a colon.
               ARRAY(SELECT earlier.id FROM refund failed JOIN gateway_call earlier ON earlier.refund_id = failed.id
                      WHERE failed.payment_id = p.id AND failed.status = 'FAILED' AND failed.amount_minor = r.amount_minor
                        AND split_part(failed.key, ':', 1) = split_part(r.key, ':', 1) ORDER BY earlier.id) AS "refundReplaces"
          FROM payment p JOIN payment_method m ON m.id = p.method_id LEFT JOIN refund r ON r.id = c.refund_id
         WHERE p.id = c.payment_id OFFSET 0) about`
}

/** The statement that closes a call, unless it was requested again since it was claimed. */
export const closing = ({ id, dueAt }: ClaimedCall, now: Date) => Prisma.sql`
  UPDATE gateway_call SET done_at = ${now}, last_error = NULL WHERE id = ${id} AND due_at = ${dueAt}`

/** Closes a call in a statement of its own. */
export async function closeCall(tx: Tx, call: ClaimedCall, now: Date): Promise<void> {
  await tx.$executeRaw(closing(call, now))
}

/** Tests whether a call has taken effect; if not, it is repeated. */
export function isOver(kind: ClaimedCall['kind'], state: PaymentState): boolean {
  if (kind === 'REFUND') return true
  if (kind === 'FETCH') return state.status !== 'REQUIRES_ACTION' || state.pending !== null
  return state.pending !== kind
}

/** Postpones a call. */
export async function postponeCall(
  tx: Tx,
  { id, dueAt }: ClaimedCall,
  until: Date,
  lastError: string | null,
): Promise<void> {
  const reason = lastError === null ? null : foreignText(lastError, MAX_ERROR_LENGTH)
  await tx.$executeRaw`UPDATE gateway_call SET due_at = ${until}, last_error = ${reason} WHERE id = ${id} AND due_at = ${dueAt}`
}

/** Longest pause between two lookups of a pending refund. */
const MAX_PENDING_MS = 3_600_000
/** `last_error` of the call of a refund that is pending at the gateway. */
export const REFUND_PENDING = 'the refund is pending at the gateway'

/** Delay before a pending refund is read again: 30 s, 1 min, 2 min … up to an hour. A webhook brings it forward. */
export function pendingMs(attempts: number): number {
  return Math.min(30_000 * 2 ** (attempts - 1), MAX_PENDING_MS)
}

/** Reads the pending refunds of a payment now. */
export async function readRefundsSoon(tx: Tx, paymentId: string, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE gateway_call SET due_at = ${now}
     WHERE payment_id = ${paymentId} AND kind = 'REFUND' AND done_at IS NULL AND last_error = ${REFUND_PENDING}`
}

/** Delay before the next attempt: 0.5 s, 1 s, 2 s … up to a minute. */
export function backoffMs(attempts: number): number {
  return Math.min(500 * 2 ** (attempts - 1), MAX_BACKOFF_MS)
}
