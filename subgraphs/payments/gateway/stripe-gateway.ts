import { accept, refuse } from '@argyle/kit/decision'
import Stripe from 'stripe'
import {
  BadWebhook,
  CALL_MS,
  type Changed,
  type Gateway,
  type GatewayMethod,
  GatewayUnavailable,
  type Known,
  type NewAuthorization,
  type Refusal,
  type Snapshot,
  snapshotOf,
} from './gateway.ts'
import { TOLERANCE_SECONDS } from './webhook-signature.ts'

export type StripeSettings = {
  readonly url: string
  readonly secretKey: string
  readonly publishableKey: string
  readonly webhookSecret: string
  readonly returnUrl: string | null
}

/** Stripe holds an authorization of a card for seven days. */
const HELD_MS = 7 * 24 * 3_600_000
/** Codes after which the same card may do another day. */
const RETRYABLE = new Set([
  'insufficient_funds',
  'processing_error',
  'try_again_later',
  'issuer_not_available',
])

/** A method's ref holds the customer that it is attached to: Stripe charges it again only through that one. */
const refOf = (customer: string, method: string) => `${customer}/${method}`
const partsOf = (ref: string) => {
  const [customer = '', method = ''] = ref.split('/')
  return { customer, method }
}

function refusalOf(error: {
  code?: string | undefined
  decline_code?: string | undefined
  message?: string | undefined
}): Refusal {
  const code = error.decline_code ?? error.code ?? 'card_declined'
  return { code, message: error.message ?? 'The payment was declined.', retryable: RETRYABLE.has(code) }
}

/** What Stripe refused for good; anything else is not known. @throws GatewayUnavailable */
function refusedBy(error: unknown): Stripe.errors.StripeError {
  if (error instanceof Stripe.errors.StripeCardError) return error
  if (error instanceof Stripe.errors.StripeInvalidRequestError) return error
  throw new GatewayUnavailable(error instanceof Error ? error.message : 'Stripe did not answer', {
    cause: error,
  })
}

function snapshotFrom(intent: Stripe.PaymentIntent, disputes: Snapshot['disputes'] = []): Snapshot {
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

function methodOf(method: Stripe.PaymentMethod, customer: string): GatewayMethod {
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

/** Stripe, by payment intents that are captured by hand (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method). */
export function stripeGateway(settings: StripeSettings): Gateway {
  const { hostname, port, protocol } = new URL(settings.url)
  const isPlain = protocol === 'http:'
  const stripe = new Stripe(settings.secretKey, {
    host: hostname,
    port: port === '' ? (isPlain ? 80 : 443) : Number(port),
    protocol: isPlain ? 'http' : 'https',
    timeout: CALL_MS,
    // The calls are repeated by their rows.
    maxNetworkRetries: 0,
    telemetry: false,
  })

  async function snapshot(ref: string): Promise<Snapshot> {
    try {
      const intent = await stripe.paymentIntents.retrieve(ref)
      const { data } =
        intent.amount_received > 0
          ? await stripe.disputes.list({ payment_intent: ref, limit: 10 })
          : { data: [] }
      const disputes = data.map(({ id, amount, reason, status }) => {
        return { ref: id, amountMinor: BigInt(amount), reason, status }
      })
      return snapshotFrom(intent, disputes)
    } catch (error) {
      throw new GatewayUnavailable(refusedBy(error).message, { cause: error })
    }
  }

  const change = async (payment: Known, work: () => Promise<Stripe.PaymentIntent>): Promise<Changed> => {
    try {
      return { snapshot: snapshotFrom(await work()), refusal: null }
    } catch (error) {
      const refused = refusedBy(error)
      return { snapshot: await snapshot(payment.ref), refusal: refusalOf(refused) }
    }
  }

  return {
    name: 'stripe',
    browser: { tokenUrl: null, publishableKey: settings.publishableKey },

    async attach({ key, token }) {
      try {
        const customer = await stripe.customers.create({}, { idempotencyKey: `${key}-customer` })
        const options = { idempotencyKey: `${key}-attach` }
        const method = await stripe.paymentMethods.attach(token, { customer: customer.id }, options)
        return accept(methodOf(method, customer.id))
      } catch (error) {
        return refuse(refusalOf(refusedBy(error)))
      }
    },

    async detach(ref) {
      try {
        await stripe.paymentMethods.detach(partsOf(ref).method)
      } catch (error) {
        // What Stripe does not know is forgotten.
        refusedBy(error)
      }
    },

    async authorize(request) {
      const before = request.attempt > 1 ? await intentOf(stripe, request) : null
      if (before) return snapshotFrom(before)
      try {
        return snapshotFrom(await createIntent(stripe, request, settings.returnUrl))
      } catch (error) {
        const refused = refusedBy(error)
        const { payment_intent: intent } = refused
        if (intent) return { ...snapshotFrom(intent), status: 'DECLINED', failure: refusalOf(refused) }
        return snapshotOf('DECLINED', { failure: refusalOf(refused) })
      }
    },

    capture: (payment) =>
      change(payment, () =>
        stripe.paymentIntents.capture(
          payment.ref,
          { amount_to_capture: Number(payment.amount.minor) },
          { idempotencyKey: keyOf(payment) },
        ),
      ),

    void: (payment) =>
      change(payment, () =>
        stripe.paymentIntents.cancel(payment.ref, {}, { idempotencyKey: keyOf(payment) }),
      ),

    async refund({ ref, key, amount, reason }) {
      try {
        const refund = await stripe.refunds.create(
          {
            payment_intent: ref,
            amount: Number(amount.minor),
            metadata: { reason: reason.slice(0, 500), key },
          },
          { idempotencyKey: key },
        )
        return refund.status === 'failed' || refund.status === 'canceled'
          ? {
              code: refund.failure_reason ?? 'refund_failed',
              message: 'The refund failed.',
              retryable: false,
            }
          : null
      } catch (error) {
        return refusalOf(refusedBy(error))
      }
    },

    fetch: snapshot,

    async readWebhook({ body, headers }) {
      const signature = String(headers['stripe-signature'] ?? '')
      let event: Stripe.Event
      try {
        event = stripe.webhooks.constructEvent(body, signature, settings.webhookSecret, TOLERANCE_SECONDS)
      } catch (error) {
        throw new BadWebhook(error instanceof Error ? error.message.split('\n')[0] : 'it cannot be read')
      }
      return hintOf(event)
    },
  }
}

/**
 * Stripe keeps the first answer under a key, a fault too. A capture or a cancellation that met one may be sent under another key, since
 * an intent is captured or canceled once; how it stands was looked up before.
 */
function keyOf({ key, attempt }: Known): string {
  return attempt <= 3 ? key : `${key}-${attempt}`
}

function createIntent(
  stripe: Stripe,
  { key, methodRef, amount, orderId, orderNumber }: NewAuthorization,
  returnUrl: string | null,
): Promise<Stripe.PaymentIntent> {
  const { customer, method } = partsOf(methodRef)
  return stripe.paymentIntents.create(
    {
      // Minor units, without decimals for yen: as Stripe counts.
      amount: Number(amount.minor),
      currency: amount.currency.toLowerCase(),
      customer,
      payment_method: method,
      capture_method: 'manual',
      confirm: true,
      ...(returnUrl === null ? {} : { return_url: returnUrl }),
      ...(orderNumber === null ? {} : { description: `Order ${orderNumber}` }),
      metadata: { orderId, key },
    },
    { idempotencyKey: key },
  )
}

/** The intent that an earlier attempt made, found by its key among its customer's: their list is up to date, a search is not. */
async function intentOf(
  stripe: Stripe,
  { key, methodRef }: NewAuthorization,
): Promise<Stripe.PaymentIntent | null> {
  try {
    const { customer } = partsOf(methodRef)
    const { data } = await stripe.paymentIntents.list({ customer, limit: 100 })
    return data.find(({ metadata }) => metadata.key === key) ?? null
  } catch (error) {
    throw new GatewayUnavailable(refusedBy(error).message, { cause: error })
  }
}

/** Which payment an event is about. */
function hintOf({ data: { object } }: Stripe.Event) {
  if (object.object === 'payment_intent') return { ref: object.id, orderId: object.metadata.orderId ?? null }
  if (object.object !== 'charge' && object.object !== 'dispute' && object.object !== 'refund') return null
  const intent = object.payment_intent
  const ref = typeof intent === 'string' ? intent : (intent?.id ?? null)
  return ref === null ? null : { ref, orderId: null }
}
