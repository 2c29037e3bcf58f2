import { CURRENCIES, formatMoney, type Money, parseAmount } from '@argyle/kit/money'
import { ApiError, type Order, type PaymentTokenResponse, type Refund } from '@paypal/paypal-server-sdk'
import { z } from 'zod'
import {
  failedAmong,
  failedRefund,
  type GatewayMethod,
  type GatewayRefund,
  GatewayUnavailable,
  type Refusal,
  type Snapshot,
  snapshotOf,
} from './gateway.ts'

/** Issues after which the same method may succeed at a later time. */
const RETRYABLE = new Set(['INSTRUMENT_DECLINED', 'PAYER_CANNOT_PAY', 'TRANSACTION_REFUSED'])
// 409 (PREVIOUS_REQUEST_IN_PROGRESS): an earlier request with the same key is still under way.
const NOT_KNOWN = new Set([401, 408, 409, 429])

const errorBody = z.object({
  name: z.string().optional(),
  message: z.string().optional(),
  details: z.array(z.object({ issue: z.string(), description: z.string().optional() })).optional(),
})

/**
 * Converts a permanent refusal by PayPal. @throws GatewayUnavailable for other errors, whose outcome is
 * unknown
 */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ApiError) || error.statusCode >= 500 || NOT_KNOWN.has(error.statusCode))
    throw new GatewayUnavailable(reasonOf(error), { cause: error })
  const { data: body } = errorBody.safeParse(parsed(error.body))
  const [detail] = body?.details ?? []
  const code = detail?.issue ?? body?.name
  // A page of a proxy: PayPal names each of its errors.
  if (code === undefined)
    throw new GatewayUnavailable(`status ${error.statusCode}, not from PayPal`, { cause: error })
  const message = detail?.description ?? body?.message ?? 'PayPal refused the request.'
  return { code: code.toLowerCase(), message, retryable: RETRYABLE.has(code) }
}

/** Why an outcome is unknown. The library's text for a status may be 'The error response.' */
function reasonOf(error: unknown): string {
  if (error instanceof ApiError) return `status ${error.statusCode}: ${error.message}`
  return error instanceof Error ? error.message : 'PayPal did not respond'
}

function parsed(body: unknown): unknown {
  try {
    return typeof body === 'string' ? JSON.parse(body) : body
  } catch {
    return null
  }
}

/** An amount in PayPal's form. */
export function amountOf(amount: Money): { value: string; currencyCode: string } {
  const { amount: value, currencyCode } = formatMoney(amount)
  return { value, currencyCode }
}

function minorOf(amount: { value: string; currencyCode: string } | undefined): bigint {
  const currency = CURRENCIES.find((known) => known === amount?.currencyCode)
  return amount && currency ? parseAmount(amount.value, currency).minor : 0n
}

/** The authorization and the capture of an order with one purchase unit; undefined if there is none yet. */
export function partsOf(order: Order) {
  const payments = order.purchaseUnits?.[0]?.payments
  return { authorization: payments?.authorizations?.at(-1), capture: payments?.captures?.at(-1) }
}

/** The refunds of an order with one purchase unit, each with the key with which it was made. */
export const refundsOf = (order: Order) =>
  (order.purchaseUnits?.[0]?.payments?.refunds ?? []).map((one) => ({
    key: one.customId ?? '',
    refund: paypalRefund(one),
  }))

/** The state of a refund at PayPal. A refund with another status counts as pending and is read again. */
export function paypalRefund({ status, statusDetails }: Refund): GatewayRefund {
  if (status === 'COMPLETED') return { status: 'SUCCEEDED', failure: null }
  if (status !== 'FAILED' && status !== 'CANCELLED') return { status: 'PENDING', failure: null }
  const code = (statusDetails?.reason ?? `refund_${status}`).toLowerCase()
  return failedRefund({ code, message: 'The refund failed.', retryable: false })
}

/** Statuses of a capture whose money PayPal did not take. */
const NOT_CAPTURED: ReadonlySet<string | undefined> = new Set(['DECLINED', 'FAILED'])

/** Why the last capture of an order took no money; null if it did, or still may. */
export function captureRefusal(order: Order): Refusal | null {
  const { capture } = partsOf(order)
  if (!NOT_CAPTURED.has(capture?.status)) return null
  const code = (capture?.statusDetails?.reason ?? `capture_${capture?.status}`).toLowerCase()
  return { code, message: 'PayPal refused the capture.', retryable: false }
}

function statusOf(order: Order): Snapshot['status'] {
  const { authorization, capture } = partsOf(order)
  switch (capture?.status) {
    case 'COMPLETED':
    case 'PARTIALLY_REFUNDED':
    case 'REFUNDED':
      return 'CAPTURED'
    // PayPal still examines the capture, or waits for the payer's bank.
    case 'PENDING':
      return 'AUTHORIZED'
    default:
  }
  switch (authorization?.status) {
    case 'CREATED':
      return 'AUTHORIZED'
    // A capture that took no money has consumed the authorization.
    case 'CAPTURED':
    case 'PARTIALLY_CAPTURED':
      return NOT_CAPTURED.has(capture?.status) ? 'DECLINED' : 'CAPTURED'
    case 'DENIED':
      return 'DECLINED'
    case 'VOIDED':
      return 'VOIDED'
    default:
      if (order.status === 'VOIDED') return 'VOIDED'
      return order.status === 'PAYER_ACTION_REQUIRED' || order.status === 'CREATED'
        ? 'REQUIRES_ACTION'
        : 'PROCESSING'
  }
}

/** The snapshot of an order. */
export function snapshotFrom(order: Order): Snapshot {
  const { authorization, capture } = partsOf(order)
  const status = statusOf(order)
  const link = order.links?.find(({ rel }) => rel === 'payer-action' || rel === 'approve')
  const until = authorization?.expirationTime
  return snapshotOf(status, {
    ref: order.id ?? null,
    capturedMinor: status === 'CAPTURED' ? minorOf(capture?.amount) : 0n,
    actionUrl: status === 'REQUIRES_ACTION' ? (link?.href ?? null) : null,
    authorizedUntil: status === 'AUTHORIZED' && until ? new Date(until) : null,
    failedRefunds: failedAmong(refundsOf(order)),
    failure:
      status === 'DECLINED'
        ? (captureRefusal(order) ?? {
            code: (authorization?.statusDetails?.reason ?? 'denied').toLowerCase(),
            message: 'PayPal denied it.',
            retryable: false,
          })
        : null,
  })
}

/** A vaulted method. Its ref contains the kind of its source, which an order must repeat. */
export function methodFrom({ id, paymentSource }: PaymentTokenResponse): GatewayMethod | null {
  if (!id) return null
  if (paymentSource?.card) {
    const { brand, lastDigits, expiry } = paymentSource.card
    const [year = '', month = ''] = (expiry ?? '').split('-')
    if (!lastDigits || !year || !month) return null
    const shown = {
      brand: brand ?? 'Card',
      last4: lastDigits,
      expMonth: Number(month),
      expYear: Number(year),
    }
    return { kind: 'CARD', ref: `card:${id}`, ...shown }
  }
  if (!paymentSource?.paypal) return null
  return {
    kind: 'WALLET',
    ref: `paypal:${id}`,
    provider: 'PayPal',
    account: paymentSource.paypal.emailAddress ?? '…',
  }
}
