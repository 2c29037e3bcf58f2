import { newId } from '@argyle/kit/ids'
import type { Refusal } from '../gateway/gateway.ts'
import type { Tx } from '../transaction.ts'
import type { RefundState } from './payment.ts'
import { failureOf } from './payment-rows.ts'

type RefundKey = { readonly paymentId: string; readonly key: string }

/** The refund of a key, or null. The payment is locked, so this cannot change meanwhile. */
export async function refundState(tx: Tx, { paymentId, key }: RefundKey): Promise<RefundState | null> {
  const row = await tx.refund.findFirst({ where: { paymentId, key } })
  return row && { key, amountMinor: row.amountMinor, status: row.status, failure: failureOf(row) }
}

type NewRefund = {
  readonly key: string
  readonly amountMinor: bigint
  readonly reason: string
  readonly requestedBy: string | null
  readonly now: Date
}

/** Inserts a refund that has begun. @returns its id */
export async function beginRefund(
  tx: Tx,
  paymentId: string,
  { key, amountMinor, reason, requestedBy, now }: NewRefund,
): Promise<string> {
  const id = newId('rfd')
  await tx.refund.createMany({
    data: [{ id, paymentId, key, amountMinor, reason, requestedBy, status: 'PENDING', createdAt: now }],
  })
  return id
}

/** Saves that a refund failed after it had succeeded. */
export async function reverseRefund(
  tx: Tx,
  { paymentId, key }: RefundKey,
  { failure, now }: { readonly failure: Refusal; readonly now: Date },
): Promise<void> {
  const { code: failureCode, message: failureMessage } = failure
  await tx.refund.updateMany({
    where: { paymentId, key, status: 'SUCCEEDED' },
    data: { status: 'FAILED', failureCode, failureMessage, settledAt: now },
  })
}

/** The refund that a call made, by the call's id; null if the payment has none. The payment is locked. */
export async function refundOfCall(
  tx: Tx,
  { paymentId, callId }: { readonly paymentId: string; readonly callId: string },
): Promise<RefundState | null> {
  const row = await tx.refund.findFirst({ where: { paymentId, call: { id: callId } } })
  return row && { key: row.key, amountMinor: row.amountMinor, status: row.status, failure: failureOf(row) }
}

/** Saves the result of a refund. */
export async function settleRefund(
  tx: Tx,
  { paymentId, key }: RefundKey,
  { failure, now }: { readonly failure: Refusal | null; readonly now: Date },
): Promise<void> {
  await tx.refund.updateMany({
    where: { paymentId, key, status: 'PENDING' },
    data: {
      status: failure ? 'FAILED' : 'SUCCEEDED',
      failureCode: failure?.code ?? null,
      failureMessage: failure?.message ?? null,
      settledAt: now,
    },
  })
}
