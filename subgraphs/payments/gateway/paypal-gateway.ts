import { accept, refuse } from '@argyle/kit/decision'
import { firstCharacters } from '@argyle/kit/text'
import {
  CheckoutPaymentIntent,
  type Order,
  type PaymentSource,
  VaultTokenRequestType,
} from '@paypal/paypal-server-sdk'
import {
  type Changed,
  failedRefund,
  type Gateway,
  type GatewayRefund,
  GatewayUnavailable,
  type Known,
  type NewAuthorization,
  type NewRefund,
  type Refusal,
  type Snapshot,
  snapshotOf,
} from './gateway.ts'
import { type PayPalSettings, paypalClient } from './paypal-client.ts'
import {
  amountOf,
  captureRefusal,
  methodFrom,
  partsOf,
  paypalRefund,
  refundsOf,
  refusalOf,
  snapshotFrom,
} from './paypal-shape.ts'
import { paypalWebhook } from './paypal-webhook.ts'

const WHOLE = 'return=representation'
/** Status of PayPal's response to a deletion. */
const DELETED = 204
/** Maximum length of a note to the payer at PayPal. */
const MAX_NOTE_LENGTH = 255

function sourceOf(methodRef: string, returnUrl: string | null): PaymentSource {
  const [kind, vaultId = ''] = methodRef.split(':')
  if (kind === 'card') return { card: { vaultId } }
  const experienceContext = returnUrl === null ? {} : { returnUrl, cancelUrl: returnUrl }
  return { paypal: { vaultId, experienceContext } }
}

/** PayPal: orders (v2) that are authorized and then captured, and methods in its vault (v3). */
export function paypalGateway(settings: PayPalSettings): Gateway {
  const client = paypalClient(settings)
  const { orders, payments, vault } = client

  const unknown = (error: unknown): never => {
    throw new GatewayUnavailable(refusalOf(error).message, { cause: error })
  }
  const order = async (id: string): Promise<Order> => {
    try {
      return (await orders.getOrder({ id })).result
    } catch (error) {
      return unknown(error)
    }
  }
  /** Authorizes an order that its payer approved. The key is that of the order, so it happens once. */
  const authorizeApproved = async (found: Order): Promise<Snapshot> => {
    const { id = '', status } = found
    if (status !== 'APPROVED') return snapshotFrom(found)
    try {
      await orders.authorizeOrder({ id, paypalRequestId: `authorize-${id}`, prefer: WHOLE })
      return snapshotFrom(await order(id))
    } catch (error) {
      return snapshotOf('DECLINED', { ref: id, failure: refusalOf(error) })
    }
  }
  const refused = async (ref: string, refusal: Refusal): Promise<Changed> => {
    return { snapshot: snapshotFrom(await order(ref)), refusal }
  }

  /** The order after a capture, which PayPal may refuse at once or later. */
  const captured = async (ref: string): Promise<Changed> => {
    const found = await order(ref)
    return { snapshot: snapshotFrom(found), refusal: captureRefusal(found) }
  }

  async function capture({ ref, key, amount }: Known): Promise<Changed> {
    const { authorization, capture: made } = partsOf(await order(ref))
    // An earlier attempt made it, and PayPal has not completed it yet, or has refused it.
    if (made) return captured(ref)
    if (!authorization?.id)
      return refused(ref, {
        code: 'no_authorization',
        message: 'PayPal has no authorization.',
        retryable: false,
      })
    try {
      await payments.captureAuthorizedPayment({
        authorizationId: authorization.id,
        paypalRequestId: key,
        prefer: WHOLE,
        body: { amount: amountOf(amount), finalCapture: true },
      })
      return await captured(ref)
    } catch (error) {
      return refused(ref, refusalOf(error))
    }
  }

  async function voidOrder({ ref, key }: Known): Promise<Changed> {
    const { authorization } = partsOf(await order(ref))
    // An order that was not approved holds no money and expires at PayPal. It is never authorized afterwards.
    if (!authorization?.id) return { snapshot: snapshotOf('VOIDED', { ref }), refusal: null }
    try {
      await payments.voidPayment({ authorizationId: authorization.id, paypalRequestId: key })
      return { snapshot: snapshotFrom(await order(ref)), refusal: null }
    } catch (error) {
      return refused(ref, refusalOf(error))
    }
  }

  async function create({
    key,
    methodRef,
    amount,
    orderId,
    orderNumber,
  }: NewAuthorization): Promise<Snapshot> {
    try {
      const { result } = await orders.createOrder({
        paypalRequestId: key,
        prefer: WHOLE,
        body: {
          intent: CheckoutPaymentIntent.Authorize,
          purchaseUnits: [
            {
              customId: orderId,
              ...(orderNumber === null ? {} : { description: `Order ${orderNumber}` }),
              amount: amountOf(amount),
            },
          ],
          paymentSource: sourceOf(methodRef, settings.returnUrl),
        },
      })
      return await authorizeApproved(result)
    } catch (error) {
      return snapshotOf('DECLINED', { failure: refusalOf(error) })
    }
  }

  async function refund({ ref, key, amount, reason, replaces }: NewRefund): Promise<GatewayRefund> {
    const found = await order(ref)
    const made = refundsOf(found)
    const known =
      made.find((one) => one.key === key) ??
      made.find((one) => replaces.includes(one.key) && one.refund.status !== 'FAILED')
    if (known) return known.refund
    const { capture: captured } = partsOf(found)
    if (!captured?.id)
      return failedRefund({ code: 'not_captured', message: 'PayPal captured no money.', retryable: false })
    try {
      const { result } = await payments.refundCapturedPayment({
        captureId: captured.id,
        paypalRequestId: key,
        prefer: WHOLE,
        body: {
          amount: amountOf(amount),
          customId: key,
          noteToPayer: firstCharacters(reason, MAX_NOTE_LENGTH),
        },
      })
      return paypalRefund(result)
    } catch (error) {
      return failedRefund(refusalOf(error))
    }
  }

  return {
    name: 'paypal',
    browser: { tokenUrl: null, publishableKey: settings.clientId },

    async attach({ key, token }) {
      try {
        const { result } = await vault.createPaymentToken({
          paypalRequestId: key,
          body: { paymentSource: { token: { id: token, type: VaultTokenRequestType.SetupToken } } },
        })
        const method = methodFrom(result)
        if (method) return accept(method)
        return refuse({
          code: 'method_unknown',
          message: 'PayPal stored an unsupported kind of method.',
          retryable: false,
        })
      } catch (error) {
        return refuse(refusalOf(error))
      }
    },

    async detach(methodRef) {
      const deletion = vault.deletePaymentToken(methodRef.split(':')[1] ?? '')
      const status = await deletion.then(
        ({ statusCode }) => statusCode,
        (error) => {
          // PayPal does not know the method: it is deleted already.
          refusalOf(error)
          return DELETED
        },
      )
      // The response has no body: another status is that of a proxy.
      if (status !== DELETED) throw new GatewayUnavailable(`status ${status}, not from PayPal`)
    },

    authorize: create,
    capture,
    void: voidOrder,

    refund,

    fetch: async (ref) => authorizeApproved(await order(ref)),
    readWebhook: paypalWebhook(settings, client.accessToken),
  }
}
