// Tested in ../gateway/sandbox-gateway.int.test.ts: the test calls the sandbox over HTTP.

import type { ClientBase, Pool } from 'pg'
import { z } from 'zod'
import { ApiError } from './api-error.ts'
import { locked, minor, read } from './requests.ts'
import { changePayment, inTransaction, lockPayment, type PaymentRow } from './rows.ts'

/** Time after which a refund of the card refund_fails fails, in seconds. */
const FAILS_AFTER_SECONDS = 10
/** Maximum number of refunds that fail in one round. */
const BATCH = 8

/** The reason of refunds that fail after they had succeeded. */
const FAILURE = { code: 'account_closed', message: 'The account of the card is closed.' } as const

/** Maximum length of a reason in characters. A character has at most two UTF-16 units. */
const MAX_REASON_LENGTH = 500
const reason = z
  .string()
  .max(2 * MAX_REASON_LENGTH)
  .refine((text) => [...text].length <= MAX_REASON_LENGTH, `at most ${MAX_REASON_LENGTH} characters`)

const INSERT = `
INSERT INTO refund (key, payment_id, amount_minor, fails_at)
VALUES ($1, $2, $3, CASE WHEN $4 THEN now() + make_interval(secs => ${FAILS_AFTER_SECONDS}) END)`

/** Refunds a captured payment, up to the captured amount. */
export async function refund(
  client: ClientBase,
  id: string,
  { body, key }: { readonly body: unknown; readonly key: string },
): Promise<PaymentRow> {
  const { amountMinor } = read(z.object({ amountMinor: minor, reason: reason.nullish() }), body)
  const payment = await locked(client, id)
  const left = BigInt(payment.captured_minor) - BigInt(payment.refunded_minor)
  if (payment.status !== 'CAPTURED' || BigInt(amountMinor) > left)
    throw new ApiError(409, 'amount_too_large', `The rest of the captured amount is ${left}.`)
  await client.query(INSERT, [key, id, amountMinor, payment.behaviour === 'refund_fails'])
  return changePayment(client, payment, {
    set: 'refunded_minor = refunded_minor + $3',
    values: [amountMinor],
    status: payment.status,
    entry: { kind: 'REFUND', amountMinor },
    type: 'payment.refunded',
  })
}

type Due = { readonly key: string; readonly id: string; readonly amountMinor: string }

const DUE = `
SELECT key, payment_id AS id, amount_minor AS "amountMinor" FROM refund
 WHERE fails_at <= now() AND failed_at IS NULL ORDER BY fails_at LIMIT ${BATCH}`
const FAIL = 'UPDATE refund SET failed_at = now() WHERE key = $1 AND failed_at IS NULL'

/**
 * Fails the refunds that are due to fail. Their amounts return to the shop. @returns the number of due
 * refunds
 */
export async function failDueRefunds(pool: Pool): Promise<number> {
  const { rows } = await pool.query<Due>(DUE)
  for (const { key, id, amountMinor } of rows)
    await inTransaction(pool, async (client) => {
      const payment = await lockPayment(client, { id })
      const { rowCount } = await client.query(FAIL, [key])
      if (!payment || rowCount === 0) return
      await changePayment(client, payment, {
        set: 'refunded_minor = refunded_minor - $3',
        values: [amountMinor],
        status: payment.status,
        entry: { kind: 'REFUND_FAILED', amountMinor },
        type: 'payment.refund_failed',
      })
    })
  return rows.length
}

/** A refund that failed, in the form of the API. */
export type FailedRefund = { readonly key: string; readonly code: string; readonly message: string }

/** The refunds of a payment that failed. */
export async function failedRefundsOf(
  client: ClientBase | Pool,
  { id }: Pick<PaymentRow, 'id'>,
): Promise<readonly FailedRefund[]> {
  const { rows } = await client.query<{ key: string }>(
    'SELECT key FROM refund WHERE payment_id = $1 AND failed_at IS NOT NULL ORDER BY key',
    [id],
  )
  return rows.map(({ key }) => ({ key, ...FAILURE }))
}

/** The reason why the refund of a key failed after it had succeeded; null if it did not. */
export async function failureOfKey(pool: Pool, key: string): Promise<typeof FAILURE | null> {
  const { rowCount } = await pool.query('SELECT FROM refund WHERE key = $1 AND failed_at IS NOT NULL', [key])
  return rowCount === 1 ? FAILURE : null
}
