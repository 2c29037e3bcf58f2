import type { Page } from '@argyle/kit/connection'
import { loadersByArgs, loadMany, loadOne } from '@argyle/kit/loader'
import type { Invoice, Order, OrderLine, OrderStatus, PrismaClient } from '../generated/prisma/client.ts'
import { keysetBefore } from '../keyset.ts'
import { type Bought, orderPagesOf, purchasesAmong, type StepRow, stepsOf } from './order-reads.ts'

const NEWEST_FIRST = [{ placedAt: 'desc' }, { id: 'desc' }] as const

/** Loaders of one operation. They do not check who may see an order: see `mayRead`. */
export function orderLoaders(prisma: PrismaClient) {
  return {
    orderById: loadOne(
      (ids) => prisma.order.findMany({ where: { id: { in: [...ids] } } }),
      (order: Order) => order.id,
    ),
    orderByNumber: loadOne(
      (numbers) => prisma.order.findMany({ where: { number: { in: [...numbers] } } }),
      (order: Order) => order.number,
    ),
    linesByOrderId: loadMany(
      (ids) =>
        prisma.orderLine.findMany({ where: { orderId: { in: [...ids] } }, orderBy: { position: 'asc' } }),
      (line: OrderLine) => line.orderId,
    ),
    lineById: loadOne(
      (ids) => prisma.orderLine.findMany({ where: { id: { in: [...ids] } } }),
      (line: OrderLine) => line.id,
    ),
    historyByOrderId: loadMany(
      (ids) =>
        prisma.orderStatusChange.findMany({
          where: { orderId: { in: [...ids] } },
          orderBy: { version: 'asc' },
        }),
      ({ orderId }) => orderId,
    ),
    /** The documents of an order, oldest first, including those without a number. */
    invoicesByOrderId: loadMany(
      (ids) =>
        prisma.invoice.findMany({
          where: { orderId: { in: [...ids] } },
          orderBy: [{ madeAt: 'asc' }, { id: 'asc' }],
        }),
      (invoice: Invoice) => invoice.orderId,
    ),
    /** The steps of an order in words, the newest 200 at most. */
    stepsByOrderId: loadMany(
      (ids) => stepsOf(prisma, ids),
      ({ orderId }: StepRow) => orderId,
    ),
    /** Pages of customers' orders, up to `first + 1` rows each. */
    ordersByCustomerId: loadersByArgs((page: Page) =>
      loadMany(
        (ids) => orderPagesOf(prisma, ids, page),
        (order) => order.customerId ?? '',
      ),
    ),
    /** Set if the customer bought the product, by `boughtKey`; else null. */
    purchase: loadOne(
      (keys) => purchasesAmong(prisma, keys),
      (bought: Bought) => bought.key,
    ),
    /** A page of all orders, up to `first + 1` rows. */
    page(page: Page, status: OrderStatus | null): Promise<Order[]> {
      const where = { ...keysetBefore('placedAt', 'ord', page), ...(status ? { status } : {}) }
      return prisma.order.findMany({ where, orderBy: [...NEWEST_FIRST], take: page.first + 1 })
    },
  }
}
