import { CURRENCIES, decimalsOf } from '@argyle/kit/money'

const scales = CURRENCIES.map((currency) => `('${currency}', 1${'0'.repeat(decimalsOf(currency))}::numeric)`)

/**
 * `rate`: minor units of a currency for one US dollar, with the time for which they hold. The first rate of a currency holds for all time
 * before it.
 */
export const RATE = `
  scale (currency, factor) AS (VALUES ${scales.join(', ')}),
  rate AS (
    SELECT e.currency, e.units_per_usd * s.factor AS minor_per_usd,
           CASE WHEN lag(e.valid_from) OVER w IS NULL THEN '-infinity' ELSE e.valid_from END AS since,
           COALESCE(lead(e.valid_from) OVER w, 'infinity') AS until
      FROM exchange_rate e JOIN scale s USING (currency)
    WINDOW w AS (PARTITION BY e.currency ORDER BY e.valid_from)
    UNION ALL
    SELECT currency, factor, '-infinity', 'infinity' FROM scale WHERE currency = 'USD')`

/** Joins the rates of a sale `s` and of the currency `target`, an SQL expression, at the time of the sale. */
export const joinRates = (target: string) => `
  LEFT JOIN rate source ON source.currency = s.currency AND s.placed_at >= source.since AND s.placed_at < source.until
  LEFT JOIN rate target ON target.currency = ${target} AND s.placed_at >= target.since AND s.placed_at < target.until`

/**
 * An amount of a sale `s` in the currency `target`, rounded half away from zero to the minor unit; null without a rate. One division by the
 * last step keeps the quotient exact to 16 digits and more.
 */
export const converted = (amount: string, target: string) => `
  CASE WHEN s.currency = ${target} THEN (${amount})::numeric
       ELSE round((${amount})::numeric * target.minor_per_usd / source.minor_per_usd) END`

/** Whether `converted` has a value: cheaper than to ask it for null, which computes it twice. */
export const hasRate = (target: string) =>
  `(s.currency = ${target} OR (target.minor_per_usd IS NOT NULL AND source.minor_per_usd IS NOT NULL))`
