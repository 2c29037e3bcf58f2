// Tested in ../republish/analytics-equals-orders.int.test.ts: the test checks a report.

import type pg from 'pg'
import { instant } from './database/copy-table.ts'
import { DAY, type Plan, SHOP_AGE } from './plan.ts'
import { seedId } from './random/seed-id.ts'

/** Units of a currency for one US dollar, with the number of days before the end of the shop's past. */
const RATES = [
  ['EUR', SHOP_AGE / DAY, '0.93'],
  ['EUR', 180, '0.91'],
  ['JPY', SHOP_AGE / DAY, '146.5'],
  ['JPY', 180, '151.25'],
] as const

const INSERT = `
INSERT INTO exchange_rate (id, currency, valid_from, units_per_usd, version) VALUES ($1, $2, $3, $4, 1) ON CONFLICT DO NOTHING`

/** The exchange rates of analytics. Staff own them, so no history contains them. */
export async function insertExchangeRates(client: pg.ClientBase, plan: Plan): Promise<void> {
  for (const [index, [currency, days, units]] of RATES.entries()) {
    const at = plan.today - days * DAY
    await client.query(INSERT, [seedId('fxr', plan.seed, index, at), currency, instant(at), units])
  }
}
