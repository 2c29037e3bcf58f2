import Stripe from 'stripe'
import {
  failedRefund,
  type GatewayMethod,
  type GatewayRefund,
  GatewayUnavailable,
  type Hint,
  type News,
  type Refusal,
  type Snapshot,
  snapshotOf,
} from './gateway.ts'

/** Validity of a card authorization at Stripe: seven days. */
const HELD_MS = 7 * 24 * 3_600_000
/** Codes after which the same card may succeed at a later time. */
const RETRYABLE = new Set([
  'insufficient_funds',
  'processing_error',
  'try_again_later',
  'issuer_not_available',
])

/** The ref of a method contains its customer, which Stripe requires for later charges. */
export const refOf = (customer: string, method: string) => `${customer}/${method}`
export const partsOf = (ref: string) => {
  const [customer = '', method = ''] = ref.split('/')
  return { customer, method }
}

/** The address of the API in the form of Stripe's library. */
export function stripeAddress(url: string) {
  const { hostname: host, port, protocol } = new URL(url)
  const isPlain = protocol === 'http:'
  const usual = isPlain ? 80 : 443
  return { host, port: port === '' ? usual : Number(port), protocol: isPlain ? 'http' : 'https' } as const
}

export function refusalOf(error: {
  code?: string | undefined
  decline_code?: string | undefined
  message?: string | undefined
}): Refusal {
  const code = error.decline_code ?? error.code ?? 'card_declined'
  return { code, message: error.message ?? 'The payment was declined.', retryable: RETRYABLE.has(code) }
}

/**
 * Converts a permanent refusal by Stripe. @throws GatewayUnavailable for other errors, whose outcome is
 * unknown
 */
export function refusedBy(error: unknown): Stripe.errors.StripeError {
  if (error instanceof Stripe.errors.StripeCardError) return error
  if (error instanceof Stripe.errors.StripeInvalidRequestError) return error
  throw new GatewayUnavailable(error instanceof Error ? error.message : 'Stripe did not respond', {
    cause: error,
  })
}

export function snapshotFrom(intent: Stripe.PaymentIntent, disputes: Snapshot['disputes'] = []): Snapshot {
  const status = statusOf(intent)
  const failure = intent.last_payment_error ? refusalOf(intent.last_payment_error) : null
  return snapshotOf(status, {
    ref: intent.id,
    capturedMinor: BigInt(intent.amount_received),
    actionUrl: status === 'REQUIRES_ACTION' ? (intent.next_action?.redirect_to_url?.url ?? null) : null,
    authorizedUntil: status === 'AUTHORIZED' ? new Date(intent.created * 1_000 + HELD_MS) : null,
    failure: status === 'DECLINED' ? failure : null,
    disputes,
  })
}

function statusOf({ status }: Stripe.PaymentIntent): Snapshot['status'] {
  switch (status) {
    case 'requires_capture':
      return 'AUTHORIZED'
    case 'succeeded':
      return 'CAPTURED'
    case 'canceled':
      return 'VOIDED'
    case 'requires_action':
      return 'REQUIRES_ACTION'
    case 'requires_payment_method':
    case 'requires_confirmation':
      return 'DECLINED'
    default:
      return 'PROCESSING'
  }
}

export function methodOf(method: Stripe.PaymentMethod, customer: string): GatewayMethod {
  const ref = refOf(customer, method.id)
  const { card } = method
  if (!card)
    return { kind: 'WALLET', ref, provider: method.type, account: method.billing_details.email ?? '…' }
  return {
    kind: 'CARD',
    ref,
    brand: card.brand.charAt(0).toUpperCase() + card.brand.slice(1),
    last4: card.last4,
    expMonth: card.exp_month,
    expYear: card.exp_year,
  }
}

/** A refund of Stripe. `requires_action` waits for the customer. */
export function stripeRefund({ status, failure_reason: reason }: Stripe.Refund): GatewayRefund {
  if (status === 'succeeded') return { status: 'SUCCEEDED', failure: null }
  if (status !== 'failed' && status !== 'canceled') return { status: 'PENDING', failure: null }
  return failedRefund({ code: reason ?? `refund_${status}`, message: 'The refund failed.', retryable: false })
}

/** Status of a payment intent by event type, for events about nothing else. */
const STATUS_BY_EVENT: Readonly<Record<string, News>> = {
  'payment_intent.amount_capturable_updated': 'AUTHORIZED',
  'payment_intent.succeeded': 'CAPTURED',
  'payment_intent.canceled': 'VOIDED',
}

/** The subject of an event. */
export function hintOf({ type, data: { object } }: Stripe.Event): Hint | null {
  if (object.object === 'payment_intent') {
    const status = STATUS_BY_EVENT[type]
    return { ref: object.id, orderId: object.metadata.orderId ?? null, ...(status && { status }) }
  }
  if (object.object !== 'charge' && object.object !== 'dispute' && object.object !== 'refund') return null
  const intent = object.payment_intent
  const ref = typeof intent === 'string' ? intent : (intent?.id ?? null)
  return ref === null ? null : { ref, orderId: null }
}
