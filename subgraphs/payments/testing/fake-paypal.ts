import { newId } from '@argyle/kit/ids'
import { paypalGateway } from '../gateway/paypal-gateway.ts'
import { type Answer, fakeProvider } from './fake-provider.ts'
import type { GatewayUnderTest } from './gateway-conformance.ts'

const id = () => newId('xxx').slice(4).replaceAll('-', '').toUpperCase().slice(-17)
const ok = (body: object, status = 200): Answer => ({ status, body })
const unprocessable = (issue: string): Answer => ({
  status: 422,
  body: {
    name: 'UNPROCESSABLE_ENTITY',
    message: 'The requested action could not be performed.',
    details: [{ issue, description: `The request was refused: ${issue}.` }],
  },
})
const missing: Answer = {
  status: 404,
  body: {
    name: 'RESOURCE_NOT_FOUND',
    message: 'No such resource.',
    details: [{ issue: 'INVALID_RESOURCE_ID' }],
  },
}

type Amount = { currency_code: string; value: string }
type Payment = { id: string; status: string; amount: Amount }
type Order = {
  id: string
  status: string
  orderId: string
  amount: Amount
  authorizations: Payment[]
  captures: Payment[]
  refunds: Refund[]
}
type Refund = { id: string; status: string; custom_id: string; amount: Amount }

/** An order in PayPal's form. */
function shapeOf({
  id: orderId,
  status,
  orderId: customId,
  amount,
  authorizations,
  captures,
  refunds,
}: Order) {
  return {
    id: orderId,
    status,
    intent: 'AUTHORIZE',
    purchase_units: [
      {
        reference_id: 'default',
        custom_id: customId,
        amount,
        payments: { authorizations, captures, refunds },
      },
    ],
    links:
      status === 'PAYER_ACTION_REQUIRED'
        ? [
            {
              href: `https://www.paypal.test/checkoutnow?token=${orderId}`,
              rel: 'payer-action',
              method: 'GET',
            },
          ]
        : [],
  }
}

/**
 * A local server that implements parts of https://developer.paypal.com/docs/api: vault (v3), orders and
 * payments (v2).
 */
export async function fakePaypal() {
  const orders = new Map<string, Order>()
  const vault = new Map<string, string>()
  let refundStatus = 'COMPLETED'
  let captureStatus = 'COMPLETED'
  let heldAs = 'CREATED'
  const ofOrder = (found: Order | undefined, work: (order: Order) => Answer) =>
    found ? work(found) : missing
  const withAuthorization = (
    wanted: string,
    work: (order: Order, authorization: Payment) => Answer,
  ): Answer => {
    for (const order of orders.values()) {
      const authorization = order.authorizations.find((one) => one.id === wanted)
      if (authorization) return work(order, authorization)
    }
    return missing
  }
  const authorize = (order: Order) => {
    const expiration_time = new Date(Date.now() + 29 * 86_400_000).toISOString()
    order.authorizations.push({ id: id(), status: heldAs, amount: order.amount, ...{ expiration_time } })
    order.status = 'COMPLETED'
    return ok(shapeOf(order), 201)
  }

  // The SDK wrote the body: an order with one purchase unit and a source.
  function create(body: Record<string, unknown>): Answer {
    const { purchase_units: units, payment_source: source } = body as {
      purchase_units: { custom_id: string; amount: Amount }[]
      payment_source: { card?: { vault_id: string }; paypal?: { vault_id: string } }
    }
    const nature = vault.get(source.card?.vault_id ?? source.paypal?.vault_id ?? '')
    const [unit] = units
    if (!nature || !unit) return missing
    if (nature === 'decline') return unprocessable('INSTRUMENT_DECLINED')
    const order: Order = {
      id: id(),
      status: 'CREATED',
      orderId: unit.custom_id,
      amount: unit.amount,
      authorizations: [],
      captures: [],
      refunds: [],
    }
    orders.set(order.id, order)
    if (nature === 'approve') return authorize(order)
    order.status = 'PAYER_ACTION_REQUIRED'
    return ok(shapeOf(order), 201)
  }

  const server = await fakeProvider('paypal-request-id', (on) => {
    on('POST', '/v1/oauth2/token', () =>
      ok({ access_token: 'A21', token_type: 'Bearer', expires_in: 32_400 }),
    )
    on('POST', '/v3/vault/payment-tokens', ({ body }) => {
      const { token } = Object(body?.payment_source)
      const nature = /^setup-(approve|decline|step)-/.exec(token?.id)?.[1]
      if (!nature) return unprocessable('INVALID_SETUP_TOKEN')
      const vaulted = id()
      vault.set(vaulted, nature)
      const card = { brand: 'VISA', last_digits: '4242', expiry: '2030-12' }
      return ok(
        {
          id: vaulted,
          payment_source: nature === 'step' ? { paypal: { email_address: 'a@b.test' } } : { card },
        },
        201,
      )
    })
    on('DELETE', '/v3/vault/payment-tokens/:id', () => ({ status: 204, body: null }))
    on('POST', '/v2/checkout/orders', ({ body }) => create(body ?? {}))
    on('GET', '/v2/checkout/orders/:id', ({ params }) =>
      ofOrder(orders.get(params.id), (one) => ok(shapeOf(one))),
    )
    on('POST', '/v2/checkout/orders/:id/authorize', ({ params }) =>
      ofOrder(orders.get(params.id), (order) =>
        order.status === 'APPROVED' ? authorize(order) : unprocessable('ORDER_NOT_APPROVED'),
      ),
    )
    on('POST', '/v2/payments/authorizations/:id/capture', ({ params, body }) =>
      withAuthorization(params.id, (order, authorization) => {
        if (authorization.status !== 'CREATED') return unprocessable(`AUTHORIZATION_${authorization.status}`)
        authorization.status = 'CAPTURED'
        const capture = { id: id(), status: captureStatus, amount: Object(body).amount }
        order.captures.push(capture)
        return ok(capture, 201)
      }),
    )
    on('POST', '/v2/payments/authorizations/:id/void', ({ params }) =>
      withAuthorization(params.id, (_, authorization) => {
        if (authorization.status === 'CAPTURED') return unprocessable('PREVIOUSLY_CAPTURED')
        authorization.status = 'VOIDED'
        return { status: 204, body: null }
      }),
    )
    on('POST', '/v2/payments/captures/:id/refund', ({ params, body }) => {
      const order = [...orders.values()].find(({ captures }) => captures.some((one) => one.id === params.id))
      return ofOrder(order, (found) => {
        // The SDK wrote the body.
        const { amount, custom_id, note_to_payer } = body as {
          amount: Amount
          custom_id: string
          note_to_payer: string
        }
        if ([...note_to_payer].length > 255) return unprocessable('INVALID_STRING_LENGTH')
        const before = found.refunds
          .filter(({ status }) => status !== 'FAILED')
          .reduce((sum, one) => sum + Number(one.amount.value), 0)
        if (before + Number(amount.value) > Number(found.amount.value))
          return unprocessable('REFUND_AMOUNT_EXCEEDED')
        const refund = { id: id(), status: refundStatus, custom_id, amount }
        found.refunds.push(refund)
        return ok(refund, 201)
      })
    })
    on('POST', '/v1/notifications/verify-webhook-signature', ({ body }) => {
      const isGood = body?.transmission_sig === 'good' && body.webhook_id === 'WH-1'
      return ok({ verification_status: isGood ? 'SUCCESS' : 'FAILURE' })
    })
  })

  const under: GatewayUnderTest = {
    gateway: paypalGateway({
      url: server.url,
      clientId: 'client-of-this-test',
      clientSecret: 'secret-of-this-test',
      webhookId: 'WH-1',
      returnUrl: null,
    }),
    token: async (nature) => `setup-${nature}-${id()}`,
    async approve(ref) {
      const order = orders.get(ref)
      if (order) order.status = 'APPROVED'
    },
    authorizationsOf: async (orderId) =>
      [...orders.values()].filter((one) => one.orderId === orderId).flatMap((one) => one.authorizations)
        .length,
    failNext: server.failNext,
    refundsAre(status) {
      refundStatus = { PENDING: status, FAILED: status, SUCCEEDED: 'COMPLETED', CANCELED: 'CANCELLED' }[
        status
      ]
      for (const { refunds } of orders.values()) for (const one of refunds) one.status = refundStatus
    },
    async failRefunds() {
      for (const { refunds } of orders.values()) for (const one of refunds) one.status = 'FAILED'
    },
    close: server.close,
  }
  return {
    ...under,
    ...{ failNext: server.failNext, sent: server.sent },
    /** Sets the status of all captures, those to come included. */
    capturesAre(status: 'COMPLETED' | 'PENDING' | 'DECLINED') {
      captureStatus = status
      for (const { captures } of orders.values()) for (const one of captures) one.status = status
    },
    /** Sets the status of all authorizations, those to come included. */
    authorizationsAre(status: 'CREATED' | 'PENDING') {
      heldAs = status
      for (const { authorizations } of orders.values()) for (const one of authorizations) one.status = status
    },
    /** Settings of payments for this provider. */
    settings: {
      PAYMENT_GATEWAY: 'paypal',
      PAYPAL_API_URL: server.url,
      PAYPAL_CLIENT_ID: 'client-of-this-test',
      PAYPAL_CLIENT_SECRET: 'secret-of-this-test',
      PAYPAL_WEBHOOK_ID: 'WH-1',
    },
    /** The last order at PayPal for an order of the shop: its id and its refunds. */
    of: (orderId: string) => [...orders.values()].findLast((one) => one.orderId === orderId),
  }
}
