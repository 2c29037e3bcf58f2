// Tested in ../gateway/sandbox-gateway.int.test.ts: the sandbox is tested as a gateway.

import { newId } from '@argyle/kit/ids'
import type { ClientBase } from 'pg'
import { z } from 'zod'
import { ApiError } from './api-error.ts'
import { enter, lockPayment, type PaymentRow } from './rows.ts'
import { declineOf } from './test-cards.ts'
import { noteWebhooks } from './webhooks.ts'

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

const AUTHORIZE = `
UPDATE payment SET status = 'AUTHORIZED', authorized_minor = amount_minor,
       authorized_until = now() + $2::float8 * interval '1 ms'
 WHERE id = $1`

async function authorize(client: ClientBase, id: string, amountMinor: string, terms: Terms): Promise<void> {
  await client.query(AUTHORIZE, [id, terms.authorizationMs])
  await enter(client, id, 'AUTHORIZE', amountMinor)
}

/**
 * Creates a payment. It is authorized, declined, or requires authentication, depending on the behaviour of
 * its source.
 */
export async function createPayment(client: ClientBase, body: unknown, terms: Terms): Promise<string> {
  const { source, amountMinor, currency, reference, returnUrl } = read(paymentRequest, body)
  const { rows } = await client.query<{ behaviour: string }>(
    'SELECT behaviour FROM source WHERE id = $1 AND exchanged AND NOT removed',
    [source],
  )
  const behaviour = rows[0]?.behaviour
  if (behaviour === undefined) throw new ApiError(422, 'source_unknown', 'The source does not exist.')
  const decline = declineOf(behaviour)
  const id = newId('gpy')
  const needsStep = behaviour === 'second_step' || behaviour === 'webhook_none'
  const isAuthorized = !decline && !needsStep
  await client.query(
    `INSERT INTO payment (id, source_id, reference, currency, amount_minor, status, action_id, return_url,
                          failure_code, failure_message, failure_retryable, authorized_minor, authorized_until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now() + $13::float8 * interval '1 ms')`,
    [
      id,
      source,
      reference,
      currency,
      amountMinor,
      isAuthorized ? 'AUTHORIZED' : decline ? 'DECLINED' : 'REQUIRES_ACTION',
      needsStep ? newId('act') : null,
      returnUrl ?? null,
      decline?.code ?? null,
      decline?.message ?? null,
      decline?.retryable ?? null,
      isAuthorized ? amountMinor : '0',
      isAuthorized ? terms.authorizationMs : null,
    ],
  )
  if (isAuthorized) await enter(client, id, 'AUTHORIZE', amountMinor)
  await noteWebhooks(client, { paymentId: id, behaviour, type: 'payment.changed' })
  return id
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
  if (isApproved) await authorize(client, payment.id, payment.amount_minor, terms)
  else
    await client.query(
      `UPDATE payment SET status = 'DECLINED', failure_code = 'authentication_failed',
              failure_message = 'The customer denied the payment.', failure_retryable = true WHERE id = $1`,
      [payment.id],
    )
  await noteWebhooks(client, { paymentId: payment.id, behaviour: payment.behaviour, type: 'payment.changed' })
  return lockPayment(client, { actionId })
}

/** Captures an authorized payment once, up to the authorized amount. */
export async function capture(client: ClientBase, id: string, body: unknown): Promise<string> {
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
  await client.query(`UPDATE payment SET status = 'CAPTURED', captured_minor = $2 WHERE id = $1`, [
    id,
    amountMinor,
  ])
  await enter(client, id, 'CAPTURE', amountMinor)
  if (payment.behaviour === 'dispute') await dispute(client, payment, amountMinor)
  await noteWebhooks(client, { paymentId: id, behaviour: payment.behaviour, type: 'payment.changed' })
  return id
}

async function dispute(client: ClientBase, { id, behaviour }: PaymentRow, amountMinor: string) {
  await client.query(
    `INSERT INTO dispute (id, payment_id, amount_minor, reason, status) VALUES ($1, $2, $3, 'fraudulent', 'OPEN')`,
    [newId('gds'), id, amountMinor],
  )
  await noteWebhooks(client, { paymentId: id, behaviour, type: 'payment.disputed' })
}

/** Voids an authorization, or an authentication that was not completed. */
export async function voidPayment(client: ClientBase, id: string): Promise<string> {
  const payment = await locked(client, id)
  if (payment.status === 'CAPTURED')
    throw new ApiError(409, 'captured', 'The payment is captured and can only be refunded.')
  if (payment.status !== 'AUTHORIZED' && payment.status !== 'REQUIRES_ACTION') return id
  await client.query(`UPDATE payment SET status = 'VOIDED' WHERE id = $1`, [id])
  await enter(client, id, 'VOID', payment.authorized_minor)
  await noteWebhooks(client, { paymentId: id, behaviour: payment.behaviour, type: 'payment.changed' })
  return id
}

/** Refunds a captured payment, up to the captured amount. */
export async function refund(client: ClientBase, id: string, body: unknown): Promise<string> {
  const { amountMinor } = read(z.object({ amountMinor: minor, reason: z.string().max(500).nullish() }), body)
  const payment = await locked(client, id)
  const left = BigInt(payment.captured_minor) - BigInt(payment.refunded_minor)
  if (payment.status !== 'CAPTURED' || BigInt(amountMinor) > left)
    throw new ApiError(409, 'amount_too_large', `The rest of the captured amount is ${left}.`)
  await client.query('UPDATE payment SET refunded_minor = refunded_minor + $2 WHERE id = $1', [
    id,
    amountMinor,
  ])
  await enter(client, id, 'REFUND', amountMinor)
  await noteWebhooks(client, { paymentId: id, behaviour: payment.behaviour, type: 'payment.refunded' })
  return id
}
