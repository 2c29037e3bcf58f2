import { CURRENCIES, decimalsOf } from '@argyle/kit/money'

const scale = (currency: string) =>
  `CASE ${currency} ${CURRENCIES.map((one) => `WHEN '${one}' THEN 1${'0'.repeat(decimalsOf(one))}`).join(' ')} END::numeric`

const unitsPerUsd = (currency: string, condition: string, order: string) => `
    (SELECT e.units_per_usd FROM exchange_rate e WHERE e.currency = ${currency} ${condition} ORDER BY e.valid_from ${order} LIMIT 1)`

/** Minor units of a currency for one US dollar at the time of a sale `s`. The first rate of a currency holds for all time before it. */
const minorPerUsd = (currency: string) => `
    CASE WHEN ${currency} = 'USD' THEN 1
         ELSE COALESCE(${unitsPerUsd(currency, 'AND e.valid_from <= s.placed_at', 'DESC')}, ${unitsPerUsd(currency, '', '')}) END
    * ${scale(currency)}`

/**
 * Joins `rate`, the rates of a sale `s` and of the currency `target`, an SQL expression, at the time of the sale. `OFFSET 0` keeps PostgreSQL
 * from looking a rate up for each amount.
 */
export const joinRates = (target: string) => `
  LEFT JOIN LATERAL (
    SELECT ${minorPerUsd(target)} AS target, ${minorPerUsd('s.currency')} AS source WHERE s.currency <> ${target} OFFSET 0) rate ON true`

/**
 * An amount of a sale `s` in the currency `target`, rounded half away from zero to the minor unit; null without a rate. One division by the
 * last step keeps the quotient exact to 16 digits and more.
 */
export const converted = (amount: string, target: string) => `
  CASE WHEN s.currency = ${target} THEN (${amount})::numeric ELSE round((${amount})::numeric * rate.target / rate.source) END`

/** Whether `converted` has a value: cheaper than to ask it for null, which computes it twice. */
export const hasRate = (target: string) =>
  `(s.currency = ${target} OR (rate.target IS NOT NULL AND rate.source IS NOT NULL))`
