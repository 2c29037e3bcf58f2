import type { Page } from '@argyle/kit/connection'
import { readInstantCursor } from '@argyle/kit/keyset'
import { type Order, Prisma, type PrismaClient } from '../generated/prisma/client.ts'

/**
 * A page of orders for each of these customers, newest first, up to `first + 1` rows each. One statement
 * selects the ids by each customer's part of the index; a second one reads the rows.
 */
export async function orderPagesOf(
  prisma: PrismaClient,
  customerIds: readonly string[],
  page: Page,
): Promise<Order[]> {
  const after = readInstantCursor(page.after, 'ord')
  const beyond = after ? Prisma.sql`AND (o.placed_at, o.id) < (${after.at}, ${after.id})` : Prisma.empty
  const found = await prisma.$queryRaw<{ id: string }[]>`
    SELECT o.id FROM unnest(${[...customerIds]}::text[]) AS c(id)
      CROSS JOIN LATERAL (
        SELECT o.id FROM orders o WHERE o.customer_id = c.id ${beyond}
         ORDER BY o.placed_at DESC, o.id DESC LIMIT ${page.first + 1}) o`
  if (found.length === 0) return []
  return prisma.order.findMany({
    where: { id: { in: found.map(({ id }) => id) } },
    orderBy: [{ placedAt: 'desc' }, { id: 'desc' }],
  })
}

export type Bought = { readonly key: string }

/** Key of a customer and a product. Ids contain no space. */
export const boughtKey = (customerId: string, productId: string) => `${customerId} ${productId}`

/** The pairs of customer and product that occur in a confirmed order that was not cancelled. */
export async function purchasesAmong(prisma: PrismaClient, keys: readonly string[]): Promise<Bought[]> {
  const pairs = keys.map((key) => key.split(' '))
  const customers = pairs.map(([customerId = '']) => customerId)
  const products = pairs.map(([, productId = '']) => productId)
  return prisma.$queryRaw<Bought[]>`
    SELECT p.customer_id || ' ' || p.product_id AS key
      FROM unnest(${customers}::text[], ${products}::text[]) AS p(customer_id, product_id)
     WHERE EXISTS (
       SELECT 1 FROM orders o JOIN order_line l ON l.order_id = o.id AND l.product_id = p.product_id
        WHERE o.customer_id = p.customer_id AND o.status IN ('CONFIRMED', 'FULFILLING', 'SHIPPED', 'DELIVERED', 'REFUNDED'))`
}

/** A step of an order in words. */
export type StepRow = {
  readonly orderId: string
  readonly version: number
  readonly at: Date
  readonly actor: string
  readonly text: string
}

/** Maximum number of steps shown for one order. */
export const MAX_STEPS = 200

/** The newest steps of these orders, oldest first. */
export async function stepsOf(prisma: PrismaClient, orderIds: readonly string[]): Promise<StepRow[]> {
  return prisma.$queryRaw<StepRow[]>`
    SELECT s.order_id AS "orderId", s.version, s.at, s.actor::text, s.text
      FROM unnest(${[...orderIds]}::text[]) AS o(id)
      CROSS JOIN LATERAL (
        SELECT * FROM order_step WHERE order_id = o.id ORDER BY id DESC LIMIT ${MAX_STEPS}) s
     ORDER BY s.id`
}
