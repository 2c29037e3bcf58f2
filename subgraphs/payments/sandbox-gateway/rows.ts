// Tested in ../gateway/sandbox-gateway.int.test.ts: the test calls the sandbox over HTTP.

import type { ClientBase, Pool } from 'pg'
import { noteOf, noting } from './webhooks.ts'

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

/** The disputes of a payment; only a test card of its own has any. */
export async function disputesOf(
  client: ClientBase | Pool,
  { id, behaviour }: PaymentRow,
): Promise<readonly DisputeRow[]> {
  if (behaviour !== 'dispute') return []
  const { rows } = await client.query<DisputeRow>(
    'SELECT id, amount_minor, reason, status FROM dispute WHERE payment_id = $1 ORDER BY id',
    [id],
  )
  return rows
}

/** A payment; undefined if it does not exist. */
export async function readPayment(client: ClientBase | Pool, id: string): Promise<PaymentRow | undefined> {
  const { rows } = await client.query<PaymentRow>(`${PAYMENT} WHERE p.id = $1`, [id])
  return rows[0]
}

/** A payment in the form of the API. */
export function shapeOf(
  payment: PaymentRow,
  { disputes, failedRefunds }: { disputes: readonly DisputeRow[]; failedRefunds: readonly object[] },
  publicUrl: string,
) {
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
    failedRefunds,
    disputes: disputes.map(({ id, amount_minor, reason, status }) => ({
      id,
      amountMinor: amount_minor,
      reason,
      status,
    })),
  }
}

/** A change of a payment, with its entry in the ledger. */
export type Change = {
  /** The assignments. Their parameters begin with $3. */
  readonly set: string
  readonly values?: readonly string[]
  readonly status: PaymentRow['status']
  readonly entry: {
    readonly kind: 'AUTHORIZE' | 'CAPTURE' | 'VOID' | 'REFUND' | 'REFUND_FAILED'
    readonly amountMinor: string
  } | null
  readonly type?: string
}

/** Changes a locked payment, appends to the ledger and schedules its webhooks, in one statement. @returns the payment after it */
export async function changePayment(
  client: ClientBase,
  { id, behaviour }: PaymentRow,
  { set, values = [], status, entry, type = 'payment.changed' }: Change,
): Promise<PaymentRow> {
  const next = 3 + values.length
  const parameters = [id, status, ...values, ...noteOf({ behaviour, status, type })]
  const entered = `entered AS (INSERT INTO entry (payment_id, kind, amount_minor) SELECT id, $${next + 4}, $${next + 5}::bigint FROM changed),`
  const { rows } = await client.query<Omit<PaymentRow, 'behaviour'>>(
    `WITH changed AS (UPDATE payment SET status = $2${set === '' ? '' : `, ${set}`} WHERE id = $1 RETURNING *),
          ${entry ? entered : ''} noted AS (${noting('changed', next)})
     SELECT * FROM changed`,
    entry ? [...parameters, entry.kind, entry.amountMinor] : parameters,
  )
  const [row] = rows
  if (!row) throw new Error(`there is no payment ${id}`)
  return { ...row, behaviour }
}
