import { type TableRow, table } from '../database/copy-table.ts'
import type { Plan } from '../plan.ts'
import { seedId } from '../random/seed-id.ts'

const country = table('tax_country', ['country_code', 'prices_include_tax'])
const rate = table('tax_rate', ['id', 'country_code', 'region', 'category', 'ppm'])

export const taxTables = [country, rate]

/** Countries whose prices include the tax, with their standard rates in percent, as of 2026. */
const INCLUDED: Readonly<Record<string, number>> = {
  ...{ AT: 20, BE: 21, CH: 8.1, DE: 19, DK: 25, ES: 21, FI: 25.5, FR: 20, GB: 20, IE: 23 },
  ...{ IT: 22, JP: 10, NL: 21, NO: 25, PL: 23, PT: 23, SE: 25 },
}

/**
 * US states whose tax is added to the price, without the rates of counties and cities. Clothing, which
 * includes socks, is not taxed in MN and VT.
 */
const ON_TOP: Readonly<Record<string, number>> = { NC: 4.75, NM: 4.875, OR: 0, WI: 5, MN: 0, VT: 0 }

const ppm = (percent: number) => Math.round(percent * 10_000)

/** Tax rates. A country or state without a row is not taxed. */
export function* taxRows(plan: Plan): Generator<TableRow> {
  const countries = [...Object.keys(INCLUDED), 'US']
  for (const code of countries) yield country.row({ country_code: code, prices_include_tax: code !== 'US' })
  const rates = [
    ...Object.entries(INCLUDED).map(([code, percent]) => ({ code, region: '', percent })),
    ...Object.entries(ON_TOP).map(([region, percent]) => ({ code: 'US', region, percent })),
  ]
  for (const [index, { code, region, percent }] of rates.entries())
    yield rate.row({
      id: seedId('txr', plan.seed, index, plan.today),
      country_code: code,
      region,
      category: 'STANDARD',
      ppm: ppm(percent),
    })
}
