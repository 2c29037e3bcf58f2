// Tested in ../sales-report.int.test.ts: the resolvers have no logic of their own.

import { badUserInput } from '@argyle/kit/errors'
import { type Currency, type Money, money } from '@argyle/kit/money'
import { readProgress } from '@argyle/kit/progress'
import type { Resolvers } from '../generated/resolvers.ts'
import { readCohorts } from './cohorts.ts'
import type { CouponRow, ProductRow } from './product-reads.ts'
import { openReport } from './sales-report.ts'

/** Parent value of ProductSales. */
export type ProductSales = Omit<ProductRow, 'revenue'> & { readonly revenue: Money | null }

/** Parent value of CouponSales. */
export type CouponSales = {
  readonly code: string
  readonly orders: number
  readonly discounts: Money | null
  readonly netRevenue: Money | null
}

/** Parent value of CohortReport. */
export type CohortReport = { readonly months: number; readonly currency: Currency }

/** Maximum number of products or coupons of a report. */
const MAX_ROWS = 100

function readLimit(limit: number | null | undefined): number {
  const wanted = limit ?? 10
  if (wanted < 1 || wanted > MAX_ROWS) throw badUserInput(`limit is ${wanted}: allowed is 1 to ${MAX_ROWS}`)
  return wanted
}

const maybeMoney = (minor: string | null, currency: Currency) =>
  minor === null ? null : money(BigInt(minor), currency)

function productSales(rows: readonly ProductRow[], currency: Currency): ProductSales[] {
  return rows.map((row) => ({ ...row, revenue: maybeMoney(row.revenue, currency) }))
}

function couponSales(rows: readonly CouponRow[], currency: Currency): CouponSales[] {
  return rows.map(({ code, orders, discount, net }) => ({
    code,
    orders,
    discounts: maybeMoney(discount, currency),
    netRevenue: maybeMoney(net, currency),
  }))
}

const share = (part: number, whole: number) => (whole === 0 ? null : part / whole)

export const reportResolvers: Resolvers = {
  Query: {
    salesReport: (_, { from, to, bucket, currency }, { prisma, timeZone }) =>
      openReport(prisma, timeZone, { from, to, bucket: bucket ?? 'DAY', currency: currency ?? 'USD' }),
    customerCohorts: (_, { months, currency }) => ({ months: months ?? 12, currency: currency ?? 'USD' }),
  },

  SalesReport: {
    processedThrough: (_, __, { prisma }) => readProgress(prisma),
    buckets: (report) => report.buckets(),
    total: (report) => report.total(),
    topProducts: async (report, { limit, by }) =>
      productSales(await report.topProducts(readLimit(limit), by ?? 'REVENUE'), report.currency),
    fallingProducts: async (report, { limit }) =>
      productSales(await report.fallingProducts(readLimit(limit)), report.currency),
    searchTerms: (report, { limit, by }) => report.searchTerms(readLimit(limit), by ?? 'SEARCHES'),
    conversion: (report) => report.conversion(),
    stockTurn: (report, _, { now }) => report.stock(now()),
    coupons: async (report, { limit }) =>
      couponSales(await report.coupons(readLimit(limit)), report.currency),
  },

  Conversion: {
    clicksPerSearch: ({ clicks, searches }) => share(clicks, searches),
    ordersPerSearch: ({ orders, searches }) => share(orders, searches),
    cartsPerView: ({ newCarts, productViews }) => share(newCarts, productViews),
    ordersPerCart: ({ placedOrders, newCarts }) => share(placedOrders, newCarts),
    soldShare: ({ orders, placedOrders }) => share(orders, placedOrders),
  },

  StockTurn: {
    turn: ({ averageOnHand, unitsSold }) => (averageOnHand === null ? null : share(unitsSold, averageOnHand)),
  },

  ProductSales: {
    product: ({ productId }) => ({ id: productId }),
  },

  CohortReport: {
    processedThrough: (_, __, { prisma }) => readProgress(prisma),
    cohorts: ({ months, currency }, _, { prisma, timeZone, now }) =>
      readCohorts(prisma, { months, currency, timeZone, now: now() }),
  },
}
