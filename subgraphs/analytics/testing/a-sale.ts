import { newId } from '@argyle/kit/ids'
import type { Currency } from '@argyle/kit/money'

type ALine = { productId?: string; variantId?: string; quantity?: number; unit?: number; discount?: number }

/** The parts of a sale that a test sets; the others have default values. Amounts are in minor units. */
export type ASale = {
  orderId?: string
  sequence?: number
  customerId?: string | null
  status?: 'SOLD' | 'CANCELLED'
  placedAt?: string
  currency?: Currency
  shipping?: number
  tax?: number
  couponCode?: string | null
  lines?: readonly ALine[]
  refunds?: readonly { at: string; minor: number }[]
}

/** The data of `orders.sale.changed`. */
export function saleData({
  orderId = newId('ord'),
  customerId = newId('usr'),
  status = 'SOLD',
  placedAt = '2026-11-02T10:00:00.000Z',
  currency = 'USD',
  shipping = 0,
  tax = 0,
  couponCode = null,
  lines = [{}],
  refunds = [],
}: ASale) {
  const amount = (minor: number) => ({ amountMinor: String(minor), currencyCode: currency })
  const bought = lines.map((line) => {
    const {
      productId = newId('prd'),
      variantId = newId('var'),
      quantity = 1,
      unit = 1000,
      discount = 0,
    } = line
    return { productId, variantId, quantity, unit, discount }
  })
  const subtotal = bought.reduce((sum, { quantity, unit }) => sum + quantity * unit, 0)
  const discount = bought.reduce((sum, line) => sum + line.discount, 0)
  return {
    orderId,
    number: 'A-7K2M-9QX3',
    customerId,
    status,
    placedAt,
    confirmedAt: placedAt,
    subtotal: amount(subtotal),
    discount: amount(discount),
    shipping: amount(shipping),
    tax: amount(tax),
    grandTotal: amount(subtotal - discount + shipping + tax),
    couponCode,
    lines: bought.map(({ productId, variantId, quantity, unit, discount: off }) => ({
      variantId,
      productId,
      quantity,
      unitPrice: amount(unit),
      discount: amount(off),
    })),
    refunds: refunds.map(({ at, minor }) => ({ at, amount: amount(minor) })),
  }
}
