// Tested in ../gateway/sandbox-gateway.int.test.ts: the sandbox is tested as a gateway.

import type { ClientBase, Pool } from 'pg'

/** A row of the gateway's payments. pg returns BIGINT as text. */
export type PaymentRow = {
  readonly id: string
  readonly source_id: string
  readonly reference: string
  readonly currency: string
  readonly amount_minor: string
  readonly authorized_minor: string
  readonly captured_minor: string
  readonly refunded_minor: string
  readonly status: 'REQUIRES_ACTION' | 'AUTHORIZED' | 'CAPTURED' | 'VOIDED' | 'DECLINED'
  readonly action_id: string | null
  readonly return_url: string | null
  readonly failure_code: string | null
  readonly failure_message: string | null
  readonly failure_retryable: boolean | null
  readonly authorized_until: Date | null
  readonly behaviour: string
}

export type DisputeRow = {
  readonly id: string
  readonly amount_minor: string
  readonly reason: string
  readonly status: string
}

/** Runs `work` in one transaction. */
export async function inTransaction<R>(pool: Pool, work: (client: ClientBase) => Promise<R>): Promise<R> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}

const PAYMENT = 'SELECT p.*, s.behaviour FROM payment p JOIN source s ON s.id = p.source_id'

/** Locks a payment until the transaction ends; undefined if it does not exist. */
export async function lockPayment(
  client: ClientBase,
  by: { readonly id: string } | { readonly actionId: string },
): Promise<PaymentRow | undefined> {
  const [where, value] = 'id' in by ? ['p.id', by.id] : ['p.action_id', by.actionId]
  const { rows } = await client.query<PaymentRow>(`${PAYMENT} WHERE ${where} = $1 FOR UPDATE OF p`, [value])
  return rows[0]
}

/** A payment with its disputes. */
export async function readPayment(client: ClientBase | Pool, id: string) {
  const { rows } = await client.query<PaymentRow>(`${PAYMENT} WHERE p.id = $1`, [id])
  const payment = rows[0]
  if (!payment) return undefined
  const disputes = await client.query<DisputeRow>(
    'SELECT id, amount_minor, reason, status FROM dispute WHERE payment_id = $1 ORDER BY id',
    [id],
  )
  return { payment, disputes: disputes.rows }
}

/** A payment in the form of the API. */
export function shapeOf(payment: PaymentRow, disputes: readonly DisputeRow[], publicUrl: string) {
  const { failure_code: code, failure_message: message, failure_retryable: retryable } = payment
  return {
    id: payment.id,
    status: payment.status,
    reference: payment.reference,
    currency: payment.currency,
    amountMinor: payment.amount_minor,
    authorizedMinor: payment.authorized_minor,
    capturedMinor: payment.captured_minor,
    refundedMinor: payment.refunded_minor,
    actionUrl: payment.status === 'REQUIRES_ACTION' ? `${publicUrl}/action/${payment.action_id}` : null,
    authorizedUntil: payment.authorized_until?.toISOString() ?? null,
    failure: code ? { code, message, retryable } : null,
    disputes: disputes.map(({ id, amount_minor, reason, status }) => ({
      id,
      amountMinor: amount_minor,
      reason,
      status,
    })),
  }
}

/** Appends an entry to the ledger. */
export async function enter(
  client: ClientBase,
  paymentId: string,
  kind: 'AUTHORIZE' | 'CAPTURE' | 'VOID' | 'REFUND',
  amountMinor: string | bigint,
): Promise<void> {
  await client.query('INSERT INTO entry (payment_id, kind, amount_minor) VALUES ($1, $2, $3)', [
    paymentId,
    kind,
    String(amountMinor),
  ])
}
