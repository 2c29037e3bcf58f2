// Tested in ../sales-report.int.test.ts: the test checks whole reports.

import type { Currency } from '@argyle/kit/money'
import { readActivity } from '../activity/activity-reads.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import {
  readSearches,
  readTerms,
  type SearchMeasure,
  type SearchSums,
  type TermSums,
} from '../search-term/term-reads.ts'
import { readAverageOnHand } from '../stock/stock-reads.ts'
import { type BucketFigures, bucketsOf, type Figures, figuresOf } from './figures.ts'
import {
  type CouponRow,
  type ProductMeasure,
  type ProductRow,
  readCoupons,
  readFallingProducts,
  readTopProducts,
} from './product-reads.ts'
import { type Bucket, MAX_BUCKETS, readRange, tooManyBuckets } from './range.ts'
import { readCounts, readStarts, readSums } from './report-reads.ts'

export type ReportArgs = {
  readonly from: Date
  readonly to: Date
  readonly bucket: Bucket
  readonly currency: Currency
}

/** Parent value of SalesReport. Figures are read when they are selected, and once. */
export type SalesReport = {
  readonly currency: Currency
  readonly timeZone: string
  buckets(): Promise<BucketFigures[]>
  total(): Promise<Figures>
  topProducts(first: number, by: ProductMeasure): Promise<ProductRow[]>
  fallingProducts(first: number): Promise<ProductRow[]>
  coupons(first: number): Promise<CouponRow[]>
  searchTerms(limit: number, by: SearchMeasure): Promise<TermSums[]>
  conversion(): Promise<ConversionCounts>
  stock(now: Date): Promise<StockCounts>
}

/** Parent value of Conversion. */
export type ConversionCounts = Pick<SearchSums, 'clicks' | 'searches'> &
  Pick<Figures, 'orders' | 'placedOrders' | 'productViews' | 'newCarts'>

/** Parent value of StockTurn. */
export type StockCounts = { readonly averageOnHand: number | null; readonly unitsSold: number }

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work()
    return result
  }
}

/**
 * Opens a report.
 * @throws GraphQLError BAD_USER_INPUT for a range that is empty, out of bounds, or has more than 800 buckets
 */
export async function openReport(
  prisma: PrismaClient,
  timeZone: string,
  { from, to, bucket, currency }: ReportArgs,
): Promise<SalesReport> {
  const range = readRange(from, to, bucket)
  const wanted = { range, currency, timeZone }
  const starts = await readStarts(prisma, wanted, MAX_BUCKETS + 1)
  if (starts.length > MAX_BUCKETS) throw tooManyBuckets(range)
  const rows = once(async () => {
    const [sums, counts, activity] = await Promise.all([
      readSums(prisma, wanted),
      readCounts(prisma, wanted),
      readActivity(prisma, wanted),
    ])
    return { sums, counts, activity, currency }
  })
  async function total(): Promise<Figures> {
    const { sums, counts, activity } = await rows()
    const whole = counts.find(({ bucket: start }) => start === null)
    const done = activity.find(({ bucket: start }) => start === null)
    return figuresOf(sums, whole, done, currency)
  }
  return {
    currency,
    timeZone,
    total,
    buckets: async () => bucketsOf(starts, range, await rows()),
    topProducts: (first, by) => readTopProducts(prisma, wanted, { first, by }),
    fallingProducts: (first) => readFallingProducts(prisma, wanted, first),
    coupons: (first) => readCoupons(prisma, wanted, first),
    searchTerms: (limit, by) => readTerms(prisma, range, { limit, by }),
    async stock(now) {
      const [averageOnHand, { unitsSold }] = await Promise.all([
        readAverageOnHand(prisma, range, now),
        total(),
      ])
      return { averageOnHand, unitsSold }
    },
    async conversion() {
      const [{ searches, clicks }, { orders, placedOrders, productViews, newCarts }] = await Promise.all([
        readSearches(prisma, range),
        total(),
      ])
      return { searches, clicks, orders, placedOrders, productViews, newCarts }
    },
  }
}
