import { accept, refuse } from '@argyle/kit/decision'
import { firstCharacters } from '@argyle/kit/text'
import Stripe from 'stripe'
import {
  BadWebhook,
  CALL_MS,
  type Changed,
  failedAmong,
  failedRefund,
  type Gateway,
  type GatewayRefund,
  GatewayUnavailable,
  type Known,
  type NewAuthorization,
  type NewRefund,
  type Snapshot,
  snapshotOf,
} from './gateway.ts'
import {
  hintOf,
  methodOf,
  partsOf,
  refusalOf,
  refusedBy,
  snapshotFrom,
  stripeAddress,
  stripeRefund,
} from './stripe-shape.ts'
import { TOLERANCE_SECONDS } from './webhook-signature.ts'

/** Maximum length of a value of metadata at Stripe. */
const MAX_VALUE_LENGTH = 500
/** Maximum number of refunds of a payment that are read. An order has one for each return and claim. */
const MAX_REFUNDS = 100

export type StripeSettings = {
  readonly url: string
  readonly secretKey: string
  readonly publishableKey: string
  readonly webhookSecret: string
  readonly returnUrl: string | null
  /** Time limit of a call; tests shorten it. */
  readonly callMs?: number
}

/**
 * Stripe: payment intents with manual capture
 * (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method).
 */
export function stripeGateway(settings: StripeSettings): Gateway {
  const stripe = new Stripe(settings.secretKey, {
    ...stripeAddress(settings.url),
    timeout: settings.callMs ?? CALL_MS,
    // No retries: the row of a call repeats it.
    maxNetworkRetries: 0,
    telemetry: false,
  })

  async function snapshot(ref: string): Promise<Snapshot> {
    try {
      const intent = await stripe.paymentIntents.retrieve(ref)
      if (intent.amount_received === 0) return snapshotFrom(intent)
      const [{ data }, refunds] = await Promise.all([
        stripe.disputes.list({ payment_intent: ref, limit: 10 }),
        refundsOf(stripe, ref),
      ])
      const disputes = data.map(({ id, amount, reason, status }) => {
        return { ref: id, amountMinor: BigInt(amount), reason, status }
      })
      return { ...snapshotFrom(intent, disputes), failedRefunds: failedAmong(refunds) }
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
        // Stripe does not know the method: it is deleted already.
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

    async refund(request) {
      const { ref, key, amount, reason, attempt, replaces } = request
      const before = attempt > 1 || replaces.length > 0 ? await refundOf(stripe, request) : null
      if (before) return before
      try {
        const metadata = { reason: firstCharacters(reason, MAX_VALUE_LENGTH), key }
        const refund = { payment_intent: ref, amount: Number(amount.minor), metadata }
        return stripeRefund(await stripe.refunds.create(refund, { idempotencyKey: key }))
      } catch (error) {
        return failedRefund(refusalOf(refusedBy(error)))
      }
    },

    fetch: snapshot,

    async readWebhook({ body, headers }) {
      const signature = String(headers['stripe-signature'] ?? '')
      let event: Stripe.Event
      try {
        event = stripe.webhooks.constructEvent(body, signature, settings.webhookSecret, TOLERANCE_SECONDS)
      } catch (error) {
        throw new BadWebhook(error instanceof Error ? error.message.split('\n')[0] : 'it is malformed')
      }
      return hintOf(event)
    },
  }
}

/**
 * Stripe stores the first response of a key, errors included. A capture or cancellation that failed with an
 * error may use another key, since an intent is captured or canceled at most once. Its state is read first.
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
      // Minor units, without decimals for yen, as in Stripe's API.
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

/**
 * Finds the intent of an earlier attempt by its key in the customer's list, which is consistent; a search is
 * not.
 */
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

/** The refunds of a payment, each with the key with which it was made. */
async function refundsOf(stripe: Stripe, ref: string) {
  const { data } = await stripe.refunds.list({ payment_intent: ref, limit: MAX_REFUNDS })
  return data.map((one) => ({ key: one.metadata?.key ?? '', refund: stripeRefund(one) }))
}

/** Finds a refund by its key, or one that it replaces and that did not fail. Stripe repeats the first response of a key for a day at least. */
async function refundOf(stripe: Stripe, { ref, key, replaces }: NewRefund): Promise<GatewayRefund | null> {
  try {
    const made = await refundsOf(stripe, ref)
    const known =
      made.find((one) => one.key === key) ??
      made.find((one) => replaces.includes(one.key) && one.refund.status !== 'FAILED')
    return known?.refund ?? null
  } catch (error) {
    throw new GatewayUnavailable(refusedBy(error).message, { cause: error })
  }
}
