// Tested in ../gateway/sandbox-gateway.int.test.ts: the sandbox is tested as a gateway.

import { newId } from '@argyle/kit/ids'
import type { ClientBase } from 'pg'
import { z } from 'zod'
import { ApiError } from './api-error.ts'
import { type Change, changePayment, lockPayment, type PaymentRow } from './rows.ts'
import type { Source } from './sources.ts'
import { declineOf } from './test-cards.ts'
import { noteOf, noting } from './webhooks.ts'

const minor = z.string().regex(/^[1-9]\d{0,15}$/)

const paymentRequest = z.object({
  source: z.string().max(100),
  amountMinor: minor,
  currency: z.string().regex(/^[A-Z]{3}$/),
  reference: z.string().min(1).max(200),
  returnUrl: z.url().nullish(),
})

function read<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new ApiError(422, 'invalid_request', z.prettifyError(result.error))
}

async function locked(client: ClientBase, id: string): Promise<PaymentRow> {
  const payment = await lockPayment(client, { id })
  if (payment) return payment
  throw new ApiError(404, 'payment_unknown', 'The payment does not exist.')
}

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

/** Maximum length of a reason in characters. A character has at most two UTF-16 units. */
const LONGEST_REASON = 500
const reason = z
  .string()
  .max(2 * LONGEST_REASON)
  .refine((text) => [...text].length <= LONGEST_REASON, `at most ${LONGEST_REASON} characters`)

/** Refunds a captured payment, up to the captured amount. */
export async function refund(client: ClientBase, id: string, body: unknown): Promise<PaymentRow> {
  const { amountMinor } = read(z.object({ amountMinor: minor, reason: reason.nullish() }), body)
  const payment = await locked(client, id)
  const left = BigInt(payment.captured_minor) - BigInt(payment.refunded_minor)
  if (payment.status !== 'CAPTURED' || BigInt(amountMinor) > left)
    throw new ApiError(409, 'amount_too_large', `The rest of the captured amount is ${left}.`)
  return changePayment(client, payment, {
    set: 'refunded_minor = refunded_minor + $3',
    values: [amountMinor],
    status: payment.status,
    entry: { kind: 'REFUND', amountMinor },
    type: 'payment.refunded',
  })
}
