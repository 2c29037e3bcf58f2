import { SEED_CURRENCIES } from './catalogue/price-ladder.ts'
import { instant, type TableRow, table } from './database/copy-table.ts'
import type { Filling } from './filling.ts'
import { BANDS, METHODS, priceOf, ZONES } from './orders/shipping-rates.ts'
import { DAY, type Plan, SHOP_AGE } from './plan.ts'
import { seedId } from './random/seed-id.ts'

const zone = table('zone', ['id', 'name', 'version', 'created_at'])
const zoneArea = table('zone_area', ['country_code', 'postal_prefix', 'zone_id'])
const method = table('method', ['id', 'carrier', 'service', 'speed', 'active', 'version', 'created_at'])
const rate = table('rate', [
  'id',
  'zone_id',
  'method_id',
  'currency',
  'up_to_grams',
  'price_minor',
  'estimated_days',
  'active',
  'version',
  'created_at',
])

export const fillShipping: Filling = {
  database: 'shipping',
  tables: [zone, zoneArea, method, rate],
  *rows(plan) {
    yield* zones(plan)
    yield* methods(plan)
    yield* rates(plan)
  },
}

/** Before the shop took its first order. */
const openedAt = (plan: Plan) => plan.today - SHOP_AGE - 80 * DAY
const zoneId = (plan: Plan, index: number) => seedId('zon', plan.seed, index, openedAt(plan))
const methodId = (plan: Plan, index: number) => seedId('smt', plan.seed, index, openedAt(plan))

function* zones(plan: Plan): Generator<TableRow> {
  for (const [index, { name, areas }] of ZONES.entries()) {
    const id = zoneId(plan, index)
    yield zone.row({ id, name, version: 1, created_at: instant(openedAt(plan)) })
    for (const [country, prefix = ''] of areas)
      yield zoneArea.row({ country_code: country, postal_prefix: prefix, zone_id: id })
  }
}

function* methods(plan: Plan): Generator<TableRow> {
  for (const [index, content] of METHODS.entries())
    yield method.row({
      id: methodId(plan, index),
      ...content,
      active: true,
      version: 1,
      created_at: instant(openedAt(plan)),
    })
}

function* rates(plan: Plan): Generator<TableRow> {
  let made = 0
  for (const [place, tariff] of ZONES.entries())
    for (const index of METHODS.keys())
      for (const currency of SEED_CURRENCIES)
        for (const [band, grams] of BANDS.entries())
          yield rate.row({
            id: seedId('rat', plan.seed, made++, openedAt(plan)),
            zone_id: zoneId(plan, place),
            method_id: methodId(plan, index),
            currency,
            up_to_grams: grams,
            price_minor: priceOf(tariff, index, band, currency),
            estimated_days: tariff.days[index] ?? 1,
            active: true,
            version: 1,
            created_at: instant(openedAt(plan)),
          })
}
