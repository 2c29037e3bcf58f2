import { fileURLToPath } from 'node:url'
import type { Envelope, NewEvent } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { deployMigrations } from '@argyle/kit/migrations'
import { listensToMany } from '@argyle/search/listens'
import pg from 'pg'
import { statementsOn } from '../../dev/republish/owner-database.ts'
import type { VariantRow } from '../../dev/seed/catalogue/variant.ts'
import type { Plan } from '../../dev/seed/plan.ts'
import { rows } from '../../dev/seed/row.ts'
import { availability } from '../../dev/seed/stock/availability.ts'

const MIGRATIONS = fileURLToPath(new URL('../../prisma/search/migrations', import.meta.url))
const BATCH = 200

/** Size of an index, and the speed at which it processed its events. */
export type IndexSize = {
  readonly products: number
  readonly variants: number
  readonly eventsPerSecond: number
}

/**
 * Creates an index of the demo catalogue by its events, and multiplies its rows. Copies differ only in their
 * sales.
 * @param copies of each product
 */
export async function makeLargeIndex(url: string, plan: Plan, copies: number): Promise<IndexSize> {
  await deployMigrations(MIGRATIONS, url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const events = eventsOf(plan)
    const started = performance.now()
    for (const [type, some] of Map.groupBy(events, (event) => event.type)) await deliver(client, type, some)
    const eventsPerSecond = (events.length * 1_000) / (performance.now() - started)
    await multiply(client, copies)
    const { rows: sizes } = await client.query<{ products: number; variants: number }>(
      'SELECT (SELECT count(*)::int FROM listing) AS products, (SELECT count(*)::int FROM listing_variant) AS variants',
    )
    return { products: sizes[0]?.products ?? 0, variants: sizes[0]?.variants ?? 0, eventsPerSecond }
  } finally {
    await client.end()
  }
}

/** The catalogue as events of products and inventory. */
function eventsOf(plan: Plan): NewEvent[] {
  const variants = [...rows(plan, 'variant')]
  const byProduct = Map.groupBy(variants, ({ productId }) => productId)
  return [
    ...[...rows(plan, 'category')].map(({ id, ...row }) =>
      event('products.category.changed', id, { categoryId: id, ...row }),
    ),
    ...[...rows(plan, 'product')].map(({ id, createdAt, ...row }) => {
      const data = { productId: id, ...row, releasedAt: new Date(createdAt).toISOString() }
      return event('products.product.changed', id, {
        ...data,
        variants: (byProduct.get(id) ?? []).map(variantData),
      })
    }),
    ...variants.map(({ id }, index) => {
      const { status, quantity } = availability(plan, index)
      return event('inventory.availability.changed', id, {
        variantId: id,
        status,
        availableQuantity: quantity,
      })
    }),
  ]
}

function event(type: string, subject: string, data: unknown): NewEvent {
  return { type, subject, sequence: 1, data }
}

function variantData({ id, sku, title, options, weightGrams, prices }: VariantRow) {
  const amounts = Object.entries(prices).map(([currencyCode, minor]) => ({
    amountMinor: String(minor),
    currencyCode,
  }))
  return { variantId: id, sku, title, options, weightGrams, prices: amounts }
}

async function deliver(client: pg.Client, type: string, events: readonly NewEvent[]): Promise<void> {
  const listener = Object.entries(listensToMany).find(([eventType]) => eventType === type)?.[1]
  if (!listener) throw new Error(`search does not listen to ${type}`)
  const tx = statementsOn(client)
  for (let start = 0; start < events.length; start += BATCH) {
    await client.query('BEGIN')
    await listener(events.slice(start, start + BATCH).map(envelopeOf), tx)
    await client.query('COMMIT')
  }
}

function envelopeOf(one: NewEvent): Envelope {
  const about = { source: 'bench', correlationId: 'bench', causationId: null, traceparent: null }
  return { id: newId('evt'), time: new Date().toISOString(), ...about, ...one }
}

/** Indexes are created again after the rows, which takes a fifth of the time. */
async function multiply(client: pg.Client, copies: number): Promise<void> {
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(`
    SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE tablename IN ('listing', 'listing_variant', 'best_seller') AND indexname NOT LIKE '%pkey'`)
  for (const { name } of indexes) await client.query(`DROP INDEX "${name}"`)
  const id = (prefix: string, column: string) => `'${prefix}_' || md5(${column} || copy)::uuid`
  await client.query(
    `INSERT INTO listing
     SELECT ${id('prd', 'product_id')}, sequence, slug || copy, title, description, status, category_id, released_at,
            1000 * random(), 1 + 4 * random(), rating_count, rating_sequence, in_stock, from_usd, from_eur, from_jpy,
            facet_ids, document, title_words
       FROM listing, generate_series(1, $1::int) AS copy ORDER BY random()`,
    [copies],
  )
  await client.query(
    `INSERT INTO listing_variant
     SELECT ${id('var', 'variant_id')}, ${id('prd', 'product_id')}, sku, options, option_ids, usd, eur, jpy, in_stock, stock_sequence
       FROM listing_variant, generate_series(1, $1::int) AS copy`,
    [copies],
  )
  await client.query(
    'INSERT INTO best_seller SELECT product_id, popularity FROM listing ON CONFLICT (product_id) DO NOTHING',
  )
  for (const { definition } of indexes) await client.query(definition)
  await client.query('VACUUM ANALYZE')
}
