import type { Envelope, NewEvent } from '@argyle/kit/envelope'
import { hashOf } from '@argyle/kit/hashed-secret'
import { CURRENCIES, money, toEventMoney } from '@argyle/kit/money'
import { z } from 'zod'
import type { NewOrder, NewOrderLine } from './order/order.ts'
import type { SaleRow } from './order/sale-reads.ts'

/** The fields that are published when an order is placed, and again in a replay of history. */
export type PlacedOrder = Pick<NewOrder, 'id' | 'number' | 'customerId'> & {
  readonly totals: Pick<NewOrder['totals'], 'total'>
  readonly lines: readonly Pick<NewOrderLine, 'variantId' | 'productId' | 'quantity' | 'unitMinor'>[]
}

/** `orders.order.placed`. Later events of an order are published by its saga: see saga/effects.ts. */
export function orderPlaced({ id, number, customerId, lines, totals: { total } }: PlacedOrder): NewEvent {
  const bought = lines.map(({ variantId, productId, quantity, unitMinor }) => {
    return { variantId, productId, quantity, unitPrice: toEventMoney(money(unitMinor, total.currency)) }
  })
  const data = { orderId: id, number, customerId, lines: bought, grandTotal: toEventMoney(total) }
  return { type: 'orders.order.placed', subject: id, sequence: 1, data }
}

/** The part of an order that notifications mention. */
export type SummarisedOrder = Pick<NewOrder, 'id' | 'number' | 'customerId'> & {
  readonly email: string | null
  /** Hash of the secret of a guest's order; the message has the hash of it (decision 0021). */
  readonly guestSecretHash: string | null
  readonly version: number
  readonly countryCode: string
  readonly totals: Pick<NewOrder['totals'], 'total'>
  readonly lines: readonly Pick<NewOrderLine, 'title' | 'quantity' | 'unitMinor' | 'discountMinor'>[]
}

/** The number of carts that were begun in a quarter of an hour so far. */
export const CARTS_COUNTED = 'orders.cart.counted'

/** `orders.order.summarised`: when it is placed, and when payOrder changes its total. No other message has a guest's e-mail. */
export function orderSummarised({ id, email, totals: { total }, ...order }: SummarisedOrder): NewEvent {
  const { guestSecretHash: proof } = order
  const guestProofHash = proof && hashOf(proof)
  const { version: sequence, number, customerId, countryCode } = order
  const lines = order.lines.map(({ title, quantity, unitMinor, discountMinor }) => {
    const minor = unitMinor * BigInt(quantity) - discountMinor
    return { title, quantity, total: toEventMoney(money(minor, total.currency)) }
  })
  const about = { orderId: id, number, customerId, email, guestProofHash, countryCode }
  const data = { ...about, lines, grandTotal: toEventMoney(total) }
  return { type: 'orders.order.summarised', subject: id, sequence, data }
}

/**
 * `orders.sale.changed`: the complete state of an order as a sale. The sequence is the sum of its version and the number of its credit notes:
 * each change that is published increments one of them.
 */
export function saleChanged(sale: SaleRow): NewEvent {
  const { id, number, customerId, currency, placedAt, confirmedAt, couponCode } = sale
  const amount = (minor: bigint | string) => toEventMoney(money(BigInt(minor), currency))
  const lines = sale.lines.map(({ variantId, productId, quantity, unitMinor, discountMinor }) => {
    return { variantId, productId, quantity, unitPrice: amount(unitMinor), discount: amount(discountMinor) }
  })
  const data = {
    orderId: id,
    number,
    customerId,
    status: sale.isCancelled ? 'CANCELLED' : 'SOLD',
    placedAt: placedAt.toISOString(),
    confirmedAt: confirmedAt?.toISOString() ?? null,
    subtotal: amount(sale.subtotalMinor),
    discount: amount(sale.discountMinor),
    shipping: amount(sale.shippingMinor),
    tax: amount(sale.taxMinor),
    grandTotal: amount(sale.totalMinor),
    couponCode,
    countryCode: sale.countryCode,
    lines,
    refunds: sale.credits.map(({ at, amountMinor }) => ({
      at: new Date(at).toISOString(),
      amount: amount(amountMinor),
    })),
  }
  return {
    type: 'orders.sale.changed',
    subject: id,
    sequence: sale.version + sale.credits.length,
    data,
  }
}

/** `orders.order.cancelled`, with the order's version. */
export function orderCancelled(
  {
    id,
    number,
    customerId,
    version,
  }: Pick<NewOrder, 'id' | 'number' | 'customerId'> & { readonly version: number },
  reason: string | null,
): NewEvent {
  const data = { orderId: id, number, customerId, reason }
  return { type: 'orders.order.cancelled', subject: id, sequence: version, data }
}

const priceSchema = z.object({
  amountMinor: z.string().regex(/^\d{1,15}$/),
  currencyCode: z.enum(CURRENCIES),
})

const productSchema = z.object({
  productId: z.string(),
  title: z.string(),
  status: z.string(),
  categoryId: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
  variants: z.array(
    z.object({
      variantId: z.string(),
      sku: z.string(),
      title: z.string(),
      weightGrams: z.int().min(0),
      prices: z.array(priceSchema),
    }),
  ),
})

const priceChangedSchema = z.object({ variantId: z.string(), prices: z.array(priceSchema) })

const addressSchema = z.object({
  addressId: z.string(),
  userId: z.string(),
  recipient: z.string(),
  line1: z.string(),
  line2: z.string().nullish(),
  city: z.string(),
  region: z.string().nullish(),
  postalCode: z.string(),
  countryCode: z.string(),
})

const addressRemovedSchema = z.object({ addressId: z.string(), userId: z.string() })

const availabilitySchema = z.object({ variantId: z.string(), availableQuantity: z.int().nullable() })

/** A raw Ed25519 public key has 32 bytes. */
const quoteKeySchema = z.object({
  keyId: z.string().min(1).max(200),
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  notAfter: z.iso.datetime(),
})

export type KnownProduct = z.output<typeof productSchema>
export type KnownPrice = z.output<typeof priceSchema>

/** Parsers of the messages that this subgraph consumes. Each throws ZodError for malformed data. */
export const read = {
  productChanged: ({ data }: Envelope) => productSchema.parse(data),
  priceChanged: ({ data }: Envelope) => priceChangedSchema.parse(data),
  addressSaved: ({ data }: Envelope) => addressSchema.parse(data),
  addressRemoved: ({ data }: Envelope) => addressRemovedSchema.parse(data),
  quoteKeyPublished: ({ data }: Envelope) => quoteKeySchema.parse(data),
  availabilityChanged: ({ data }: Envelope) => availabilitySchema.parse(data),
}
