// Tested in ../gateway/sandbox-gateway.int.test.ts: the test calls the sandbox over HTTP.

import { newId } from '@argyle/kit/ids'
import type { ClientBase, Pool } from 'pg'
import { z } from 'zod'
import { ApiError } from './api-error.ts'
import { failedRefundsOf } from './refunds.ts'
import { locked, minor, read } from './requests.ts'
import { type Change, changePayment, disputesOf, lockPayment, type PaymentRow, shapeOf } from './rows.ts'
import type { Source } from './sources.ts'
import { declineOf } from './test-cards.ts'
import { noteOf, noting } from './webhooks.ts'

const paymentRequest = z.object({
  source: z.string().max(100),
  amountMinor: minor,
  currency: z.string().regex(/^[A-Z]{3}$/),
  reference: z.string().min(1).max(200),
  returnUrl: z.url().nullish(),
})

/** Expiry of an authorization: seven days, divided by the speed of the clock. */
export type Terms = { readonly authorizationMs: number }

const authorized = ({ amount_minor }: PaymentRow, { authorizationMs }: Terms): Change => ({
  set: `authorized_minor = amount_minor, authorized_until = now() + $3::float8 * interval '1 ms'`,
  values: [String(authorizationMs)],
  status: 'AUTHORIZED',
  entry: { kind: 'AUTHORIZE', amountMinor: amount_minor },
})

const CREATE = `
WITH made AS (
  INSERT INTO payment (id, source_id, reference, currency, amount_minor, status, action_id, return_url, failure_code, failure_message,
                       failure_retryable, authorized_minor, authorized_until)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now() + $13::float8 * interval '1 ms') RETURNING *),
entered AS (
  INSERT INTO entry (payment_id, kind, amount_minor) SELECT id, 'AUTHORIZE', amount_minor FROM made WHERE status = 'AUTHORIZED'),
noted AS (${noting('made', 14)})
SELECT * FROM made`

/**
 * Creates a payment. It is authorized, declined, or requires authentication, depending on the behaviour of
 * its source.
 */
export async function createPayment(
  client: ClientBase,
  body: unknown,
  { terms, source: known }: { terms: Terms; source: Source | null },
): Promise<PaymentRow> {
  const { source, amountMinor, currency, reference, returnUrl } = read(paymentRequest, body)
  if (!known?.isUsable) throw new ApiError(422, 'source_unknown', 'The source does not exist.')
  const { behaviour } = known
  const decline = declineOf(behaviour)
  const needsStep = behaviour === 'second_step' || behaviour === 'webhook_none'
  const isAuthorized = !decline && !needsStep
  const status = isAuthorized ? 'AUTHORIZED' : decline ? 'DECLINED' : 'REQUIRES_ACTION'
  const { rows } = await client.query<Omit<PaymentRow, 'behaviour'>>(CREATE, [
    newId('gpy'),
    source,
    reference,
    currency,
    amountMinor,
    status,
    needsStep ? newId('act') : null,
    returnUrl ?? null,
    decline?.code ?? null,
    decline?.message ?? null,
    decline?.retryable ?? null,
    isAuthorized ? amountMinor : '0',
    isAuthorized ? terms.authorizationMs : null,
    ...noteOf({ behaviour, status, type: 'payment.changed' }),
  ])
  const [row] = rows
  if (!row) throw new Error('the payment was not inserted')
  return { ...row, behaviour }
}

/** The customer's decision on the authentication page. Only the first one counts. */
export async function takeSecondStep(
  client: ClientBase,
  actionId: string,
  isApproved: boolean,
  terms: Terms,
): Promise<PaymentRow | undefined> {
  const payment = await lockPayment(client, { actionId })
  if (payment?.status !== 'REQUIRES_ACTION') return payment
  return changePayment(client, payment, isApproved ? authorized(payment, terms) : DENIED)
}

const DENIED: Change = {
  set: `failure_code = 'authentication_failed', failure_message = 'The customer denied the payment.', failure_retryable = true`,
  status: 'DECLINED',
  entry: null,
}

/** Captures an authorized payment once, up to the authorized amount. */
export async function capture(client: ClientBase, id: string, body: unknown): Promise<PaymentRow> {
  const { amountMinor } = read(z.object({ amountMinor: minor }), body)
  const payment = await locked(client, id)
  if (payment.status !== 'AUTHORIZED')
    throw new ApiError(409, 'not_authorized', `The payment is ${payment.status}.`)
  if (payment.authorized_until && payment.authorized_until <= new Date())
    throw new ApiError(409, 'authorization_expired', 'The authorization has expired.')
  if (payment.behaviour === 'capture_refused')
    throw new ApiError(409, 'capture_refused', 'The bank of the card refused the capture.')
  if (BigInt(amountMinor) > BigInt(payment.authorized_minor))
    throw new ApiError(422, 'amount_too_large', `The authorized amount is ${payment.authorized_minor}.`)
  const captured = await changePayment(client, payment, {
    set: 'captured_minor = $3',
    values: [amountMinor],
    status: 'CAPTURED',
    entry: { kind: 'CAPTURE', amountMinor },
  })
  if (payment.behaviour === 'dispute') await dispute(client, captured, amountMinor)
  return captured
}

const DISPUTE = `
WITH made AS (INSERT INTO dispute (id, payment_id, amount_minor, reason, status) VALUES ($1, $2, $3, 'fraudulent', 'OPEN'))
${noting('(SELECT $2::text AS id)', 4)}`

async function dispute(client: ClientBase, { id, behaviour, status }: PaymentRow, amountMinor: string) {
  const note = noteOf({ behaviour, status, type: 'payment.disputed' })
  await client.query(DISPUTE, [newId('gds'), id, amountMinor, ...note])
}

/** Voids an authorization, or an authentication that was not completed. */
export async function voidPayment(client: ClientBase, id: string): Promise<PaymentRow> {
  const payment = await locked(client, id)
  if (payment.status === 'CAPTURED')
    throw new ApiError(409, 'captured', 'The payment is captured and can only be refunded.')
  if (payment.status !== 'AUTHORIZED' && payment.status !== 'REQUIRES_ACTION') return payment
  return changePayment(client, payment, {
    set: '',
    status: 'VOIDED',
    entry: { kind: 'VOID', amountMinor: payment.authorized_minor },
  })
}

/** A payment with its disputes and failed refunds, in the form of the API. */
export async function shownPayment(client: ClientBase | Pool, payment: PaymentRow, publicUrl: string) {
  const disputes = await disputesOf(client, payment)
  return shapeOf(payment, { disputes, failedRefunds: await failedRefundsOf(client, payment) }, publicUrl)
}
