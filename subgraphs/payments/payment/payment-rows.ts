// Tested in ../payment-life.int.test.ts: the rows need transactions.

import { executeLater } from '@argyle/kit/later'
import { type Currency, isCurrency } from '@argyle/kit/money'
import type { Refusal } from '../gateway/gateway.ts'
import { Prisma } from '../generated/prisma/client.ts'
import type { GatewayCallKind, PaymentStatus } from '../generated/prisma/enums.ts'
import type { Tx } from '../transaction.ts'
import { type ClaimedCall, closing, insertCall, type NewCall } from './gateway-calls.ts'
import type { PaymentState, Pending } from './payment.ts'

/** The columns of a payment that its state does not contain. */
export type PaymentRow = {
  readonly id: string
  readonly orderId: string
  readonly orderNumber: string | null
  readonly customerId: string | null
  readonly guestProofHash: string | null
  readonly methodId: string | null
  /** The method at the gateway, for the authorization; null on a payment that exists already. */
  readonly methodRef: string | null
  /** The gateway of the method, which alone knows the payment; null without a method. */
  readonly gateway: string | null
  readonly gatewayRef: string | null
  readonly currency: Currency | null
  readonly createdAt: Date
}

/** A payment that is locked until the transaction ends. */
export type LockedPayment = { readonly row: PaymentRow; readonly state: PaymentState }

type Row = Omit<PaymentRow, 'currency' | 'methodRef'> & {
  currency: string | null
  amountMinor: bigint
  authorizedMinor: bigint
  capturedMinor: bigint
  refundingMinor: bigint
  refundedMinor: bigint
  reversedMinor: bigint
  status: PaymentStatus
  pending: GatewayCallKind | null
  failureCode: string | null
  failureMessage: string | null
  failureRetryable: boolean | null
  actionUrl: string | null
  actionExpiresAt: Date | null
  authorizedUntil: Date | null
  version: number
}

const COLUMNS = Prisma.sql`
  p.id, p.order_id AS "orderId", p.order_number AS "orderNumber", p.customer_id AS "customerId", p.guest_proof_hash AS "guestProofHash", p.method_id AS "methodId",
  p.gateway_ref AS "gatewayRef", p.currency, p.amount_minor AS "amountMinor", p.authorized_minor AS "authorizedMinor",
  p.captured_minor AS "capturedMinor", p.refunding_minor AS "refundingMinor", p.refunded_minor AS "refundedMinor", p.reversed_minor AS "reversedMinor",
  p.status::text, p.pending::text, p.failure_code AS "failureCode", p.failure_message AS "failureMessage",
  p.failure_retryable AS "failureRetryable", p.action_url AS "actionUrl", p.action_expires_at AS "actionExpiresAt",
  p.authorized_until AS "authorizedUntil", p.version, p.created_at AS "createdAt",
  (SELECT m.gateway FROM payment_method m WHERE m.id = p.method_id) AS gateway`

/** The failure in a row; null if there is none. */
export function failureOf(row: {
  failureCode: string | null
  failureMessage: string | null
  failureRetryable?: boolean | null
}): Refusal | null {
  if (row.failureCode === null) return null
  return {
    code: row.failureCode,
    message: row.failureMessage ?? '',
    retryable: row.failureRetryable ?? false,
  }
}

function lockedOf(row: Row): LockedPayment {
  const { id, orderId, orderNumber, customerId, guestProofHash, methodId, gateway, gatewayRef, currency } =
    row
  const state: PaymentState = {
    status: row.status,
    // The CHECK constraint allows no other kind.
    pending: row.pending as Pending | null,
    amountMinor: row.amountMinor,
    authorizedMinor: row.authorizedMinor,
    capturedMinor: row.capturedMinor,
    refundingMinor: row.refundingMinor,
    refundedMinor: row.refundedMinor,
    reversedMinor: row.reversedMinor,
    failure: failureOf(row),
    action: row.actionExpiresAt && { url: row.actionUrl, until: row.actionExpiresAt },
    authorizedUntil: row.authorizedUntil,
    version: row.version,
  }
  const known = isCurrency(currency) ? currency : null
  return {
    row: {
      ...{
        id,
        orderId,
        orderNumber,
        customerId,
        guestProofHash,
        methodId,
        methodRef: null,
        gateway,
        gatewayRef,
      },
      currency: known,
      createdAt: row.createdAt,
    },
    state,
  }
}

/**
 * Locks the payment of an order until the transaction ends. Returns null if there is none; then the lock
 * prevents others from creating one.
 */
export async function lockPaymentOf(tx: Tx, orderId: string): Promise<LockedPayment | null> {
  const select = () =>
    tx.$queryRaw<Row[]>`SELECT ${COLUMNS} FROM payment p WHERE p.order_id = ${orderId} FOR UPDATE`
  const [row] = await select()
  if (row) return lockedOf(row)
  await executeLater(tx, Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${orderId}, 0))`)
  const [late] = await select()
  return late ? lockedOf(late) : null
}

/** The same as `lockPaymentOf` with a statement less where there is usually none. */
export async function lockNewPaymentOf(tx: Tx, orderId: string): Promise<LockedPayment | null> {
  await executeLater(tx, Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${orderId}, 0))`)
  const [row] = await tx.$queryRaw<
    Row[]
  >`SELECT ${COLUMNS} FROM payment p WHERE p.order_id = ${orderId} FOR UPDATE`
  return row ? lockedOf(row) : null
}

/** Locks a payment until the transaction ends; null if it does not exist. */
export async function lockPayment(tx: Tx, id: string): Promise<LockedPayment | null> {
  const [row] = await tx.$queryRaw<Row[]>`SELECT ${COLUMNS} FROM payment p WHERE p.id = ${id} FOR UPDATE`
  return row ? lockedOf(row) : null
}

/** The time at which the first authentication or authorization expires. */
export const RUN_OUT_AT = `
SELECT LEAST((SELECT min(action_expires_at) FROM payment WHERE status = 'REQUIRES_ACTION' AND pending IS NULL),
             (SELECT min(authorized_until) FROM payment WHERE status = 'AUTHORIZED' AND pending IS NULL))`

/**
 * Locks a payment whose authentication or authorization has expired and that is not in `except`. Payments
 * locked by other replicas are skipped.
 */
export async function lockRunOut(
  tx: Tx,
  now: Date,
  except: readonly string[],
): Promise<LockedPayment | null> {
  // Each kind in the order of its index: a choice among all that are due would read all of them for each.
  const next = (status: 'REQUIRES_ACTION' | 'AUTHORIZED', dueAt: Prisma.Sql) =>
    tx.$queryRaw<Row[]>`
      SELECT ${COLUMNS} FROM payment p
       WHERE p.status = ${Prisma.raw(`'${status}'`)} AND p.pending IS NULL AND ${dueAt} <= ${now} AND p.id <> ALL(${except})
       ORDER BY ${dueAt} LIMIT 1 FOR UPDATE SKIP LOCKED`
  const [unproven] = await next('REQUIRES_ACTION', Prisma.sql`p.action_expires_at`)
  const [row] = unproven ? [unproven] : await next('AUTHORIZED', Prisma.sql`p.authorized_until`)
  return row ? lockedOf(row) : null
}

/** The calls that change with a payment. */
type Calls = { readonly opened: NewCall | null; readonly closed: ClaimedCall | null }

/** Inserts or updates a payment, and opens and closes its calls, in one statement. */
export async function savePayment(
  tx: Tx,
  row: PaymentRow,
  state: PaymentState,
  { now, opened, closed }: Calls & { readonly now: Date },
): Promise<void> {
  const { failure, action } = state
  const parts = [
    ...(closed ? [Prisma.sql`closed AS (${closing(closed, now)})`] : []),
    ...(opened ? [Prisma.sql`opened AS (${insertCall(opened, now)})`] : []),
  ]
  const calls = parts.length > 0 ? Prisma.sql`WITH ${Prisma.join(parts, ', ')}` : Prisma.empty
  await executeLater(
    tx,
    Prisma.sql`
    ${calls}
    INSERT INTO payment (id, order_id, order_number, customer_id, guest_proof_hash, method_id, currency, created_at, gateway_ref, amount_minor,
      authorized_minor, captured_minor, refunding_minor, refunded_minor, reversed_minor, status, pending, failure_code, failure_message,
      failure_retryable, action_url, action_expires_at, authorized_until, version, updated_at)
    VALUES (${row.id}, ${row.orderId}, ${row.orderNumber}, ${row.customerId}, ${row.guestProofHash}, ${row.methodId}, ${row.currency},
      ${row.createdAt}, ${row.gatewayRef}, ${state.amountMinor}, ${state.authorizedMinor}, ${state.capturedMinor},
      ${state.refundingMinor}, ${state.refundedMinor}, ${state.reversedMinor}, ${state.status}::payment_status,
      ${state.pending}::gateway_call_kind, ${failure?.code ?? null}, ${failure?.message ?? null},
      ${failure?.retryable ?? null}, ${action?.url ?? null}, ${action?.until ?? null}, ${state.authorizedUntil},
      ${state.version}, ${now})
    ON CONFLICT (id) DO UPDATE SET gateway_ref = EXCLUDED.gateway_ref, amount_minor = EXCLUDED.amount_minor,
      authorized_minor = EXCLUDED.authorized_minor, captured_minor = EXCLUDED.captured_minor,
      refunding_minor = EXCLUDED.refunding_minor, refunded_minor = EXCLUDED.refunded_minor,
      reversed_minor = EXCLUDED.reversed_minor, status = EXCLUDED.status,
      pending = EXCLUDED.pending, failure_code = EXCLUDED.failure_code, failure_message = EXCLUDED.failure_message,
      failure_retryable = EXCLUDED.failure_retryable, action_url = EXCLUDED.action_url,
      action_expires_at = EXCLUDED.action_expires_at, authorized_until = EXCLUDED.authorized_until,
      version = EXCLUDED.version, updated_at = EXCLUDED.updated_at`,
  )
}
