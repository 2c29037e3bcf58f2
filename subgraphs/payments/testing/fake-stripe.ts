import { newId } from '@argyle/kit/ids'
import { stripeGateway } from '../gateway/stripe-gateway.ts'
import { type Answer, fakeProvider } from './fake-provider.ts'
import type { GatewayUnderTest } from './gateway-conformance.ts'

const id = (prefix: string) => `${prefix}_${newId('xxx').slice(4).replaceAll('-', '')}`
const refused = (status: number, error: object): Answer => ({ status, body: { error } })
const invalid = (code: string) =>
  refused(400, { type: 'invalid_request_error', code, message: `The request was refused: ${code}.` })

type Intent = Record<string, unknown> & {
  id: string
  status: string
  amount: number
  amount_received: number
  metadata: Record<string, string>
  refunds: { id: string; object: string; amount: number; status: string; metadata: { key: string } }[]
  customer: string
}

/**
 * A local server that implements parts of https://docs.stripe.com/api: customers, payment methods, intents,
 * refunds.
 */
export async function fakeStripe(webhookSecret = 'whsec_of_this_test_only') {
  const intents = new Map<string, Intent>()
  const methods = new Map<string, string>()
  const disputes: { id: string; amount: number; reason: string; status: string; payment_intent: string }[] =
    []
  let refundStatus = 'succeeded'
  const withIntent = (intentId: string, work: (intent: Intent) => Answer): Answer => {
    const intent = intents.get(intentId)
    return intent ? work(intent) : refused(404, { type: 'invalid_request_error', code: 'resource_missing' })
  }
  const ok = (body: object): Answer => ({ status: 200, body })

  function create(body: Record<string, unknown>): Answer {
    const nature = methods.get(String(body.payment_method))
    if (!nature) return invalid('resource_missing')
    const intent: Intent = {
      id: id('pi'),
      object: 'payment_intent',
      amount: Number(body.amount),
      amount_received: 0,
      currency: body.currency,
      customer: String(body.customer),
      created: Math.floor(Date.now() / 1_000),
      status: 'requires_capture',
      metadata: { orderId: String(body['metadata[orderId]']), key: String(body['metadata[key]']) },
      next_action: null,
      last_payment_error: null,
      refunds: [],
    }
    intents.set(intent.id, intent)
    if (nature === 'step') {
      intent.status = 'requires_action'
      intent.next_action = {
        type: 'redirect_to_url',
        redirect_to_url: { url: `https://hooks.stripe.test/redirect/${intent.id}` },
      }
    }
    if (nature !== 'decline') return ok(intent)
    const error = {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      message: 'Your card has insufficient funds.',
    }
    Object.assign(intent, { status: 'requires_payment_method', last_payment_error: error })
    return refused(402, { ...error, payment_intent: intent })
  }

  const server = await fakeProvider('idempotency-key', (on) => {
    on('POST', '/v1/customers', () => ok({ id: id('cus'), object: 'customer' }))
    on('POST', '/v1/payment_methods/:id/attach', ({ params }) => {
      const nature = /^pm_(approve|decline|step)_/.exec(params.id)?.[1]
      if (!nature) return invalid('resource_missing')
      methods.set(params.id, nature)
      const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2030 }
      return ok({ id: params.id, object: 'payment_method', type: 'card', card })
    })
    on('POST', '/v1/payment_methods/:id/detach', ({ params }) =>
      ok({ id: params.id, object: 'payment_method' }),
    )
    on('POST', '/v1/payment_intents', ({ body }) => create(body ?? {}))
    on('GET', '/v1/payment_intents', ({ query }) => {
      const { customer } = Object(query)
      return ok({ object: 'list', data: [...intents.values()].filter((one) => one.customer === customer) })
    })
    on('GET', '/v1/payment_intents/:id', ({ params }) => withIntent(params.id, ok))
    on('GET', '/v1/disputes', ({ query }) => {
      const { payment_intent: of } = Object(query)
      return ok({ object: 'list', data: disputes.filter((one) => !of || one.payment_intent === of) })
    })
    on('POST', '/v1/payment_intents/:id/capture', ({ params, body }) =>
      withIntent(params.id, (intent) => {
        if (intent.status !== 'requires_capture') return invalid('payment_intent_unexpected_state')
        return ok(
          Object.assign(intent, { status: 'succeeded', amount_received: Number(body?.amount_to_capture) }),
        )
      }),
    )
    on('POST', '/v1/payment_intents/:id/cancel', ({ params }) =>
      withIntent(params.id, (intent) => {
        if (intent.status === 'succeeded') return invalid('payment_intent_unexpected_state')
        return ok(Object.assign(intent, { status: 'canceled' }))
      }),
    )
    on('GET', '/v1/refunds', ({ query }) =>
      withIntent(String(Object(query).payment_intent), ({ refunds }) =>
        ok({ object: 'list', data: refunds }),
      ),
    )
    on('POST', '/v1/refunds', ({ body }) =>
      withIntent(String(body?.payment_intent), (intent) => {
        const amount = Number(body?.amount)
        if ([...String(body?.['metadata[reason]'])].length > 500) return invalid('metadata_too_long')
        const before = intent.refunds
          .filter(({ status }) => status !== 'failed')
          .reduce((sum, one) => sum + one.amount, 0)
        if (before + amount > intent.amount_received) return invalid('amount_too_large')
        const metadata = { key: String(body?.['metadata[key]']) }
        const refund = { id: id('re'), object: 'refund', amount, status: refundStatus, metadata }
        intent.refunds.push(refund)
        return ok(refund)
      }),
    )
  })

  const under: GatewayUnderTest = {
    gateway: stripeGateway({
      url: server.url,
      secretKey: 'sk_test_of_this_test',
      publishableKey: 'pk_test_of_this_test',
      webhookSecret,
      returnUrl: null,
    }),
    token: async (nature) => id(`pm_${nature}`),
    async approve(ref) {
      const intent = intents.get(ref)
      if (intent) intent.status = 'requires_capture'
    },
    authorizationsOf: async (orderId) =>
      [...intents.values()].filter(({ metadata }) => metadata.orderId === orderId).length,
    failNext: server.failNext,
    refundsAre(status) {
      refundStatus = status.toLowerCase()
      for (const { refunds } of intents.values()) for (const one of refunds) one.status = refundStatus
    },
    async failRefunds() {
      for (const { refunds } of intents.values()) for (const one of refunds) one.status = 'failed'
    },
    close: server.close,
  }
  return {
    ...under,
    failNext: server.failNext,
    sent: server.sent,
    /** Disputes at the provider. */
    disputes,
  }
}
