import type { PrismaLike } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { listensToMany } from '../listens.ts'

/** The fields of an order that recommendations read. */
export type TestOrder = {
  readonly orderId: string
  readonly customerId: string | null
  readonly at: Date
  readonly productIds: readonly string[]
}

/** A message without the fields that the kit adds. */
export type Message = {
  readonly subject: string
  readonly data: object
  readonly sequence?: number
  readonly at?: Date
}

const BATCH = 200

/** Passes messages of a type to their listener in batches, each in one transaction, as a replay does. */
export async function deliverMessages(
  prisma: PrismaLike,
  type: keyof typeof listensToMany,
  messages: readonly Message[],
): Promise<void> {
  const envelopes = messages.map(
    ({ subject, data, sequence = 1, at = new Date() }): Envelope => ({
      id: newId('evt'),
      type,
      source: 'test',
      subject,
      sequence,
      time: at.toISOString(),
      correlationId: 'test',
      causationId: null,
      traceparent: null,
      data,
    }),
  )
  for (let start = 0; start < envelopes.length; start += BATCH) {
    const batch = envelopes.slice(start, start + BATCH)
    await prisma.$transaction((tx) => listensToMany[type](batch, tx))
  }
}

export function placed({ orderId, customerId, at, productIds }: TestOrder): Message {
  const lines = productIds.map((productId) => ({ productId, variantId: newId('var'), quantity: 1 }))
  return { subject: orderId, at, data: { orderId, customerId, lines } }
}

/** Products on sale, each with one variant in stock. */
export async function deliverProducts(prisma: PrismaLike, productIds: readonly string[]): Promise<void> {
  const variants = productIds.map((productId) => ({ productId, variantId: newId('var') }))
  await deliverMessages(
    prisma,
    'products.product.changed',
    variants.map(({ productId, variantId }) => ({
      subject: productId,
      data: { productId, status: 'ACTIVE', variants: [{ variantId }] },
    })),
  )
  await deliverMessages(
    prisma,
    'inventory.availability.changed',
    variants.map(({ variantId }) => ({ subject: variantId, data: { variantId, status: 'IN_STOCK' } })),
  )
}
