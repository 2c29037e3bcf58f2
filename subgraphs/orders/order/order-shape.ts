import { type Money, money } from '@argyle/kit/money'
import type { Order, OrderLine } from '../generated/prisma/client.ts'
import { percentOfPpm } from '../tax/percent.ts'

/** An order, with the proof that the caller has its guest's secret; without one, the caller did not show the secret. */
export type ShownOrder = Order & { readonly guestProof?: string }

/** A line with the currency of its order, which its row does not contain. */
export type ShownLine = OrderLine & {
  readonly currency: Order['currency']
  /** The proof by which another subgraph refers to the line for a guest. */
  readonly guestProof?: string | null | undefined
}

/** The amounts of an order in the form of the schema. */
export const amountsOfOrder = {
  subtotal: ({ subtotalMinor, currency }: Order): Money => money(subtotalMinor, currency),
  discountTotal: ({ discountMinor, currency }: Order): Money => money(discountMinor, currency),
  shippingTotal: ({ shippingMinor, currency }: Order): Money => money(shippingMinor, currency),
  taxTotal: ({ taxMinor, currency }: Order): Money => money(taxMinor, currency),
  includedTaxTotal: ({ includedTaxMinor, currency }: Order): Money => money(includedTaxMinor, currency),
  refundedTotal: ({ refundedMinor, currency }: Order): Money => money(refundedMinor, currency),
  grandTotal: ({ totalMinor, currency }: Order): Money => money(totalMinor, currency),
}

/** The amounts of a line in the form of the schema. */
export const amountsOfLine = {
  unitPrice: ({ unitMinor, currency }: ShownLine): Money => money(unitMinor, currency),
  lineTotal: ({ unitMinor, quantity, currency }: ShownLine): Money =>
    money(unitMinor * BigInt(quantity), currency),
  discount: ({ discountMinor, currency }: ShownLine): Money => money(discountMinor, currency),
  taxRate: ({ taxPpm }: ShownLine): string => percentOfPpm(taxPpm),
  tax: ({ taxMinor, currency }: ShownLine): Money => money(taxMinor, currency),
  includedTax: ({ includedTaxMinor, currency }: ShownLine): Money => money(includedTaxMinor, currency),
}

/** The address in the columns of an order. */
export function addressOf(order: Order) {
  return {
    recipient: order.shipRecipient,
    line1: order.shipLine1,
    line2: order.shipLine2,
    city: order.shipCity,
    region: order.shipRegion,
    postalCode: order.shipPostalCode,
    countryCode: order.shipCountryCode,
  }
}

/** The largest `Int` of GraphQL. */
const MAX_INT = 2 ** 31 - 1

/** The input of a shipping quote; null if the weight of a line is unknown or exceeds an `Int`. */
export function consignmentOf(order: Order, lines: readonly OrderLine[]) {
  let grams = 0
  for (const { quantity, weightGrams } of lines) {
    if (weightGrams === null) return null
    grams += quantity * weightGrams
  }
  if (grams > MAX_INT) return null
  const { cartId, currency: currencyCode, shipCountryCode: countryCode, shipPostalCode: postalCode } = order
  return { cartId, currencyCode, grams, countryCode, postalCode }
}
