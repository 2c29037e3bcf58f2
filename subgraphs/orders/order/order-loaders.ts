// Tested in ../references.int.test.ts: the test counts their statements.

import type { Page } from '@argyle/kit/connection'
import { loadersByArgs, loadMany, loadOne } from '@argyle/kit/loader'
import { columnsOf, equalsAny } from '@argyle/kit/select'
import {
  type Invoice,
  type Order,
  type OrderLine,
  type OrderStatus,
  type OrderStatusChange,
  Prisma,
  type PrismaClient,
} from '../generated/prisma/client.ts'
import { keysetBefore } from '../keyset.ts'
import { type Bought, orderPagesOf, purchasesAmong, type StepRow, stepsOf } from './order-reads.ts'

// Columns for raw SQL. Each read of an order selects them, and Prisma takes three times the CPU time for a
// row.
const ORDER = columnsOf(Prisma.OrderScalarFieldEnum)
const LINE = columnsOf(Prisma.OrderLineScalarFieldEnum)

const NEWEST_FIRST = [{ placedAt: 'desc' }, { id: 'desc' }] as const

/** Loaders of one operation. They do not check who may see an order: see `mayReadOrder`. */
export function orderLoaders(prisma: PrismaClient) {
  return {
    orderById: loadOne(
      (ids) => prisma.$queryRaw<Order[]>`SELECT ${ORDER} FROM orders WHERE id ${equalsAny(ids)}`,
      (order: Order) => order.id,
    ),
    orderByNumber: loadOne(
      (numbers) => prisma.order.findMany({ where: { number: { in: [...numbers] } } }),
      (order: Order) => order.number,
    ),
    linesByOrderId: loadMany(
      (ids) => prisma.$queryRaw<OrderLine[]>`
        SELECT ${LINE} FROM order_line WHERE order_id ${equalsAny(ids)} ORDER BY position`,
      (line: OrderLine) => line.orderId,
    ),
    lineById: loadOne(
      (ids) => prisma.orderLine.findMany({ where: { id: { in: [...ids] } } }),
      (line: OrderLine) => line.id,
    ),
    historyByOrderId: loadMany(
      (ids) => prisma.$queryRaw<OrderStatusChange[]>`
        SELECT order_id AS "orderId", version, from_status::text AS "from", to_status::text AS "to", at, actor::text
          FROM order_status_change WHERE order_id ${equalsAny(ids)} ORDER BY version`,
      ({ orderId }: OrderStatusChange) => orderId,
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
