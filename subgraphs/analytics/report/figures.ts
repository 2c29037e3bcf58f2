// Tested in ../sales-report.int.test.ts: the test checks whole reports.

import type { Currency, Money } from '@argyle/kit/money'
import { CURRENCIES, money } from '@argyle/kit/money'
import type { ActivityRow } from '../activity/activity-reads.ts'
import type { ReportRange } from './range.ts'
import type { CountRow, SumRow } from './report-reads.ts'

const PARTS = ['gross', 'discount', 'shipping', 'tax', 'refunds'] as const

/** Sums in minor units of one currency, with the number of orders that they are of. */
type Sums = { readonly orders: number } & Readonly<Record<(typeof PARTS)[number], bigint>>

/** Parent value of SalesAmounts. */
export type Amounts = {
  readonly currencyCode: Currency
  readonly grossRevenue: Money
  readonly discounts: Money
  readonly netRevenue: Money
  readonly shipping: Money
  readonly tax: Money
  readonly total: Money
  readonly refunds: Money
  readonly averageOrder: Money | null
}

/** Parent value of SalesFigures. */
export type Figures = {
  readonly orders: number
  readonly placedOrders: number
  readonly cancelledOrders: number
  readonly unitsSold: number
  readonly newCustomers: number
  readonly returningCustomers: number
  readonly guestOrders: number
  readonly productViews: number
  readonly newCarts: number
  readonly byCurrency: readonly Amounts[]
  readonly converted: Amounts | null
}

/** A bucket of a report, cut to the range. */
export type BucketFigures = { readonly start: Date; readonly end: Date; readonly figures: Figures }

const NOTHING: Sums = { orders: 0, gross: 0n, discount: 0n, shipping: 0n, tax: 0n, refunds: 0n }
const NOBODY: Omit<CountRow, 'bucket'> = { placed: 0, cancelled: 0, fresh: 0, returning: 0, guests: 0 }

function plus(a: Sums, b: Sums): Sums {
  return {
    orders: a.orders + b.orders,
    gross: a.gross + b.gross,
    discount: a.discount + b.discount,
    shipping: a.shipping + b.shipping,
    tax: a.tax + b.tax,
    refunds: a.refunds + b.refunds,
  }
}

/** A quotient of non-negative numbers, rounded half up. */
export function quotient(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor)
}

/** The amounts of sums. */
export function amountsOf(sums: Sums, currency: Currency): Amounts {
  const { orders, gross, discount, shipping, tax, refunds } = sums
  const net = gross - discount
  const total = net + shipping + tax
  const of = (minor: bigint) => money(minor, currency)
  return {
    currencyCode: currency,
    grossRevenue: of(gross),
    discounts: of(discount),
    netRevenue: of(net),
    shipping: of(shipping),
    tax: of(tax),
    total: of(total),
    refunds: of(refunds),
    averageOrder: orders === 0 ? null : of(quotient(total, BigInt(orders))),
  }
}

/** The figures of the rows of one bucket, or of all. */
export function figuresOf(
  rows: readonly SumRow[],
  counts: Omit<CountRow, 'bucket'> | undefined,
  activity: ActivityRow | undefined,
  currency: Currency,
): Figures {
  const { placed, cancelled, fresh, returning, guests } = counts ?? NOBODY
  const sumOf = (some: readonly Sums[]) => some.reduce(plus, NOTHING)
  const isConvertible = rows.every(({ inTarget }) => inTarget !== null)
  const inTarget = rows.flatMap(({ orders, inTarget: sums }) => (sums ? [{ ...sums, orders }] : []))
  return {
    orders: rows.reduce((sum, { orders }) => sum + orders, 0),
    placedOrders: placed,
    cancelledOrders: cancelled,
    unitsSold: rows.reduce((sum, { units }) => sum + units, 0),
    newCustomers: fresh,
    returningCustomers: returning,
    guestOrders: guests,
    productViews: activity?.views ?? 0,
    newCarts: activity?.carts ?? 0,
    byCurrency: CURRENCIES.flatMap((code) => {
      const own = rows.filter((row) => row.currency === code)
      return own.length === 0 ? [] : [amountsOf(sumOf(own), code)]
    }),
    converted: isConvertible ? amountsOf(sumOf(inTarget), currency) : null,
  }
}

type BucketRows = {
  readonly sums: readonly SumRow[]
  readonly counts: readonly CountRow[]
  readonly activity: readonly ActivityRow[]
  readonly currency: Currency
}

/** The buckets of a range with their figures; zeros where there are no rows. */
export function bucketsOf(
  starts: readonly Date[],
  { from, to }: ReportRange,
  { sums, counts, activity, currency }: BucketRows,
): BucketFigures[] {
  const sumsByStart = Map.groupBy(sums, ({ bucket }) => bucket.getTime())
  const activityByStart = new Map(activity.map((row) => [row.bucket?.getTime(), row]))
  const countsByStart = new Map(counts.map((row) => [row.bucket?.getTime(), row]))
  return starts.map((whole, index) => ({
    start: index === 0 ? from : whole,
    end: starts[index + 1] ?? to,
    figures: figuresOf(
      sumsByStart.get(whole.getTime()) ?? [],
      countsByStart.get(whole.getTime()),
      activityByStart.get(whole.getTime()),
      currency,
    ),
  }))
}
