import type { Envelope, NewEvent } from '@argyle/kit/envelope'
import { CURRENCIES, money, toEventMoney } from '@argyle/kit/money'
import { z } from 'zod'
import type { NewOrder } from './order/order.ts'
import type { SagaInput } from './saga/saga.ts'

/** `orders.order.placed`. What follows in an order's life is told by its saga: see saga/effects.ts. */
export function orderPlaced({ id, number, customerId, lines, total }: NewOrder): NewEvent {
  const bought = lines.map(({ variantId, productId, quantity, unitMinor }) => {
    return { variantId, productId, quantity, unitPrice: toEventMoney(money(unitMinor, total.currency)) }
  })
  const data = { orderId: id, number, customerId, lines: bought, grandTotal: toEventMoney(total) }
  return { type: 'orders.order.placed', subject: id, sequence: 1, data }
}

const priceSchema = z.object({
  amountMinor: z.string().regex(/^\d{1,15}$/),
  currencyCode: z.enum(CURRENCIES),
})

const productSchema = z.object({
  productId: z.string(),
  title: z.string(),
  status: z.string(),
  variants: z.array(
    z.object({ variantId: z.string(), sku: z.string(), title: z.string(), prices: z.array(priceSchema) }),
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

const reservedSchema = z.object({ orderId: z.string(), reservationId: z.string() })
const orderSchema = z.object({ orderId: z.string() })
const rejectedSchema = orderSchema.extend({
  shortages: z.array(z.object({ variantId: z.string(), availableQuantity: z.int().min(0) })).default([]),
})

export type KnownProduct = z.output<typeof productSchema>
export type KnownPrice = z.output<typeof priceSchema>

/** Readers of the messages that this subgraph hears. Each throws ZodError for data that is not of the form. */
export const read = {
  productChanged: ({ data }: Envelope) => productSchema.parse(data),
  priceChanged: ({ data }: Envelope) => priceChangedSchema.parse(data),
  addressSaved: ({ data }: Envelope) => addressSchema.parse(data),
  addressRemoved: ({ data }: Envelope) => addressRemovedSchema.parse(data),
  availabilityChanged: ({ data }: Envelope) => availabilitySchema.parse(data),
}

/** What an order's saga is to make of each of inventory's answers. */
export const ANSWERS: Readonly<Record<string, (message: Envelope) => { orderId: string; input: SagaInput }>> =
  {
    'inventory.stock.reserved': ({ data }) => {
      const { orderId, reservationId } = reservedSchema.parse(data)
      return { orderId, input: { type: 'StockReserved', reservationId } }
    },
    'inventory.stock.rejected': ({ data }) => {
      const { orderId, shortages } = rejectedSchema.parse(data)
      return { orderId, input: { type: 'StockRejected', shortages } }
    },
    'inventory.stock.committed': ({ data }) => ({
      ...orderSchema.parse(data),
      input: { type: 'StockCommitted' },
    }),
    'inventory.stock.released': ({ data }) => ({
      ...orderSchema.parse(data),
      input: { type: 'StockReleased' },
    }),
    'inventory.reservation.expired': ({ data }) => {
      return { ...orderSchema.parse(data), input: { type: 'ReservationExpired' } }
    },
  }
