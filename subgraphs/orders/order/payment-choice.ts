// Tested in ../pay-later.int.test.ts: the test checks paying later.

import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type Currency, type Money, money } from '@argyle/kit/money'
import {
  type IdempotencyKeyReusedError,
  type UserError,
  type ValidationError,
  validationError,
} from '@argyle/kit/user-errors'
import type { OrderStatus } from '../generated/prisma/enums.ts'
import {
  acceptQuote,
  type Quote,
  type QuoteKey,
  type ReadQuote,
  type ShippingOptionExpiredError,
} from '../quote/quote.ts'
import { NO_TAX, rateFor, SHIPPING, type Tax, type TaxRules, taxOf } from '../tax/tax.ts'
import { type PriceChangedError, priceChanged } from './order.ts'

export type NotPayableError = UserError & {
  readonly __typename: 'NotPayableError'
  readonly status: OrderStatus
}

export type PayOrderError =
  | IdempotencyKeyReusedError
  | NotPayableError
  | PriceChangedError
  | ShippingOptionExpiredError
  | ValidationError

/** The request of a customer or guest. */
export type PayOrder = {
  readonly idempotencyKey: string
  readonly orderId: string
  readonly quote: ReadQuote | null
  readonly paymentMethodId: string | null
  readonly expectedTotal: Money
}

/** The part of an order that decides on its payment. */
export type UnpaidOrder = {
  readonly id: string
  readonly status: OrderStatus
  readonly cartId: string
  readonly currency: Currency
  /** The order waits for `payOrder`. */
  readonly isOpen: boolean
  readonly totalMinor: bigint
  readonly hasShipping: boolean
  readonly paymentMethodId: string | null
  readonly countryCode: string
  readonly region: string | null
  readonly postalCode: string
  /** Weight of all lines; null if one is unknown. */
  readonly grams: number | null
}

/** The tax rules of the destination, and the key of the quote. */
export type ShippingTerms = { readonly taxRules: TaxRules | null; readonly key: QuoteKey | null }

/** The completed order; `shipping` is null if the option was chosen before. */
export type PaymentChoice = {
  readonly shipping: { readonly quote: Quote; readonly tax: Tax } | null
  readonly totalMinor: bigint
  readonly paymentMethodId: string | null
}

/** Completes an order that was placed without a shipping option or a payment method. */
export function choosePayment(
  order: UnpaidOrder,
  request: PayOrder,
  { taxRules, key, now }: ShippingTerms & { readonly now: Date },
): Decision<PaymentChoice, PayOrderError> {
  if (!order.isOpen) return refuse(notPayable(order.status))
  const shipping = shippingChosen(order, request.quote, { key, now })
  if (!shipping.ok) return shipping
  const quote = shipping.value
  const tax = quote ? taxOfShipping(order, quote, taxRules) : NO_TAX
  const totalMinor = order.totalMinor + (quote?.price.minor ?? 0n) + tax.onTopMinor
  const { expectedTotal } = request
  if (expectedTotal.currency !== order.currency || expectedTotal.minor !== totalMinor)
    return refuse(priceChanged(expectedTotal, money(totalMinor, order.currency)))
  const paymentMethodId = request.paymentMethodId ?? order.paymentMethodId
  if (totalMinor > 0n && paymentMethodId === null)
    return refuse(missing('paymentMethodId', 'one of your payment methods'))
  return accept({
    shipping: quote && { quote, tax },
    totalMinor,
    paymentMethodId: totalMinor > 0n ? paymentMethodId : null,
  })
}

/** The option that the request names; null if it was chosen before. */
function shippingChosen(
  { id, cartId, currency, countryCode, postalCode, grams, hasShipping }: UnpaidOrder,
  quote: ReadQuote | null,
  { key, now }: { key: QuoteKey | null; now: Date },
): Decision<Quote | null, ShippingOptionExpiredError | ValidationError> {
  if (!quote)
    return hasShipping
      ? accept(null)
      : refuse(missing('shippingOptionId', 'one of the options of Order.shippingOptions'))
  if (hasShipping) {
    const message = `the order "${id}" has a shipping option already: allowed is to leave shippingOptionId out`
    return refuse(validationError(message, ['shippingOptionId']))
  }
  const consignment = { cartId, currency, countryCode, postalCode, grams }
  return acceptQuote(quote, { key, consignment, now })
}

function taxOfShipping({ region }: UnpaidOrder, { price }: Quote, rules: TaxRules | null): Tax {
  return rules ? taxOf(price.minor, rateFor(rules, region, SHIPPING), rules.pricesIncludeTax) : NO_TAX
}

function missing(field: string, allowed: string): ValidationError {
  return validationError(`${field} is missing, and the order has none: allowed is ${allowed}`, [field])
}

function notPayable(status: OrderStatus): NotPayableError {
  const message = `the order is ${status} and does not wait for a payment: allowed is an order that was placed without a shipping option or a payment method, and is PENDING or AWAITING_PAYMENT`
  return { __typename: 'NotPayableError', message, path: ['orderId'], status }
}
