// Tested in ../day-sums.int.test.ts: the test checks reports from days and from sales.

import type { Bucket } from './range.ts'

/**
 * The first instant of the bucket of an instant, in SQL, with `from` as $1 and the time zone `zone`. Hours are counted from the full hour of
 * `from`. Where clocks go back over midnight, PostgreSQL takes the second one: the hour before it belongs to the day before.
 */
export function bucketOf(bucket: Bucket, at: string, zone = '$3'): string {
  if (bucket === 'HOUR') return `date_bin('1 hour', ${at}, date_trunc('hour', $1::timestamptz, ${zone}))`
  const unit = bucket.toLowerCase()
  const whole = `date_trunc('${unit}', ${at}, ${zone})`
  return `CASE WHEN ${whole} <= ${at} THEN ${whole}
     ELSE (date_trunc('${unit}', ${at} AT TIME ZONE ${zone}) - interval '1 ${unit}') AT TIME ZONE ${zone} END`
}

/** The first instant after a day or month that begins at `start`. */
export const endOf = (unit: 'day' | 'month', start: string, zone = '$3') =>
  `(date_trunc('${unit}', ${start} AT TIME ZONE ${zone}) + interval '1 ${unit}') AT TIME ZONE ${zone}`

/** The sale of the account of `sale` before it, as `at`: a lateral join. */
export const SALE_BEFORE = `
  LATERAL (SELECT e.placed_at AS at FROM sale e
            WHERE e.buyer = s.buyer AND e.status = 'SOLD' AND (e.placed_at, e.order_id) < (s.placed_at, s.order_id)
            ORDER BY e.placed_at DESC, e.order_id DESC LIMIT 1)`

/**
 * Number of saved changes from which a report reads all sales instead. Each costs a look-up of the sale after
 * it.
 */
export const MAX_CHANGES = 2_000

type KeptRange = {
  /** Expressions of the first instant and of the one that ends the range. */
  readonly from: string
  readonly to: string
  /** The expression of the basis. */
  readonly basis: string
  /** Begins the names of the tables, for statements over two ranges. */
  readonly prefix?: string
}

/** `changed`: instants whose days are stale, the sales after changed ones included; `stale`: days that end after `since` are stale too. */
export const CHANGED = `
  noted AS MATERIALIZED (SELECT at, buyer FROM sale_change LIMIT ${MAX_CHANGES + 1}),
  changed AS MATERIALIZED (
    SELECT at FROM noted UNION
    SELECT n.placed_at FROM noted c CROSS JOIN LATERAL (
      SELECT s.placed_at FROM sale s WHERE s.buyer = c.buyer AND s.status = 'SOLD' AND s.placed_at > c.at
       ORDER BY s.placed_at, s.order_id LIMIT 1) n),
  stale AS MATERIALIZED (SELECT COALESCE(min(since), 'infinity') AS since FROM sale_change_since)`

const currentOf = (table: string, { from, to, basis }: KeptRange, isChanged: string) => `
      FROM ${table} d
     WHERE d.basis = ${basis} AND d.start >= ${from}::timestamptz AND d.finish <= ${to}::timestamptz
       AND (SELECT count(*) FROM noted) <= ${MAX_CHANGES} AND d.finish <= (SELECT since FROM stale) AND NOT ${isChanged}`
const DAY_CHANGED = `(d.start IN (SELECT ${bucketOf('DAY', 'at')} FROM changed))`
const MONTH_CHANGED = 'EXISTS (SELECT 1 FROM changed WHERE at >= d.start AND at < d.finish)'

const gapsOf = (whole: string, { from, to }: KeptRange) => `
    SELECT since, until FROM (
      SELECT COALESCE(lag(finish) OVER (ORDER BY start), ${from}::timestamptz) AS since, start AS until FROM ${whole}
      UNION ALL
      SELECT COALESCE(max(finish), ${from}::timestamptz), ${to}::timestamptz FROM ${whole}) g
     WHERE since < until`

/** `kept`: the days of a range whose sums are current, with their buckets; `gap`: the times between them. They follow `CHANGED`. */
export const keptDays = (range: KeptRange & { readonly bucket: Bucket }) => `
  kept AS MATERIALIZED (SELECT d.start, d.finish, ${bucketOf(range.bucket, 'd.start')} AS bucket ${currentOf('sale_day', range, DAY_CHANGED)}),
  gap AS MATERIALIZED (${gapsOf('kept', range)})`

/** `month` and `kept`: the months of a range whose sums are current, and the days beside them; `gap`: the times between. */
export function keptMonths(range: KeptRange): string {
  const { prefix = '' } = range
  return `
  ${prefix}month AS MATERIALIZED (SELECT d.start, d.finish ${currentOf('sale_month', range, MONTH_CHANGED)}),
  ${prefix}kept AS MATERIALIZED (SELECT d.start, d.finish ${currentOf('sale_day', range, DAY_CHANGED)}
       AND NOT EXISTS (SELECT 1 FROM ${prefix}month m WHERE d.start >= m.start AND d.start < m.finish)),
  ${prefix}whole AS (SELECT * FROM ${prefix}month UNION ALL SELECT * FROM ${prefix}kept),
  ${prefix}gap AS MATERIALIZED (${gapsOf(`${prefix}whole`, range)})`
}

/** The rows of a table in the times of `gaps`, by an index on `at` for each of them: `OFFSET 0` keeps PostgreSQL from reading the whole table. */
export const inGaps = (
  table: string,
  alias: string,
  at: string,
  gaps = 'gap',
) => `${gaps} g CROSS JOIN LATERAL (
       SELECT * FROM ${table} WHERE ${at} >= g.since AND ${at} < g.until OFFSET 0) ${alias}`
