// Tested in events.int.test.ts: the test delivers messages.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { CURRENCIES } from '@argyle/kit/money'
import { newestOf } from '@argyle/kit/newest'
import { recordProgress } from '@argyle/kit/progress'
import { z } from 'zod'
import { deriveListings, lockListings } from './listing-rows.ts'

const price = z.object({ amountMinor: z.string().regex(/^\d{1,12}$/), currencyCode: z.enum(CURRENCIES) })
const option = z.object({ name: z.string(), value: z.string() })
const variant = z.object({
  variantId: idSchema('var'),
  sku: z.string(),
  // Messages from before options existed have none.
  options: z.array(option).default([]),
  prices: z.array(price),
})
const product = z.object({
  productId: idSchema('prd'),
  slug: z.string(),
  title: z.string(),
  description: z.string().nullable().default(null),
  status: z.enum(['DRAFT', 'ACTIVE', 'ARCHIVED']),
  categoryId: z.string().nullable(),
  releasedAt: z.iso.datetime().nullable().default(null),
  variants: z.array(variant),
})

const SAVE_LISTINGS = `
INSERT INTO listing AS kept (product_id, sequence, slug, title, description, status, category_id, released_at)
SELECT p."productId", p.sequence, p.slug, p.title, p.description, p.status, p."categoryId", p."releasedAt"
  FROM jsonb_to_recordset($1::jsonb) AS p("productId" text, sequence int, slug text, title text, description text, status text,
       "categoryId" text, "releasedAt" timestamptz)
 ORDER BY 1
ON CONFLICT (product_id) DO UPDATE SET sequence = EXCLUDED.sequence, slug = EXCLUDED.slug, title = EXCLUDED.title,
   description = EXCLUDED.description, status = EXCLUDED.status, category_id = EXCLUDED.category_id,
   released_at = EXCLUDED.released_at
 WHERE kept.sequence < EXCLUDED.sequence
RETURNING product_id AS "productId"`

/**
 * Waits for changes of categories, and holds further ones until this transaction ends: a change of a category
 * marks as stale only the listings that are committed.
 */
const HOLD_CATEGORIES = 'LOCK TABLE category IN SHARE MODE'

const SAVE_FACET_VALUES = `
INSERT INTO facet_value (name, value)
SELECT DISTINCT name, value FROM jsonb_to_recordset($1::jsonb) AS o(name text, value text)
 WHERE NOT EXISTS (SELECT FROM facet_value f WHERE f.name = o.name AND f.value = o.value)
 ORDER BY 1, 2
ON CONFLICT (name, value) DO NOTHING`

/** The stock of a known variant is kept. */
const SAVE_VARIANTS = `
INSERT INTO listing_variant (variant_id, product_id, sku, options, option_ids, usd, eur, jpy)
SELECT v."variantId", v."productId", v.sku, v.options,
       ARRAY(SELECT f.id FROM jsonb_to_recordset(v.options) AS o(name text, value text) JOIN facet_value f USING (name, value) ORDER BY 1),
       v.usd, v.eur, v.jpy
  FROM jsonb_to_recordset($1::jsonb) AS v("variantId" text, "productId" text, sku text, options jsonb, usd bigint, eur bigint, jpy bigint)
 ORDER BY 1
ON CONFLICT (variant_id) DO UPDATE SET product_id = EXCLUDED.product_id, sku = EXCLUDED.sku, options = EXCLUDED.options,
   option_ids = EXCLUDED.option_ids, usd = EXCLUDED.usd, eur = EXCLUDED.eur, jpy = EXCLUDED.jpy`

const LIST_AS_SELLER = `
INSERT INTO best_seller (product_id) SELECT id FROM unnest($1::text[]) AS id ORDER BY id ON CONFLICT DO NOTHING`

/**
 * products.product.changed: adds products to the index. Any number of messages take as many statements as
 * one.
 */
export async function indexProducts(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const newest = newestOf(messages).map(({ data, sequence, time }) => {
    const { releasedAt, description, ...rest } = product.parse(data)
    return { ...rest, sequence, description: description ?? '', releasedAt: releasedAt ?? time }
  })
  await lockListings(
    tx,
    newest.map(({ productId }) => productId),
  )
  const saved = await tx.$queryRawUnsafe<{ productId: string }[]>(SAVE_LISTINGS, JSON.stringify(newest))
  const ids = new Set(saved.map(({ productId }) => productId))
  const variants = newest.filter(({ productId }) => ids.has(productId)).flatMap(variantRows)
  await tx.$executeRawUnsafe(SAVE_FACET_VALUES, JSON.stringify(variants.flatMap(({ options }) => options)))
  await tx.$executeRawUnsafe(SAVE_VARIANTS, JSON.stringify(variants))
  await tx.$executeRawUnsafe(LIST_AS_SELLER, [...ids])
  await tx.$executeRawUnsafe(HOLD_CATEGORIES)
  await deriveListings(tx, [...ids])
  await recordProgress(tx, messages)
}

function variantRows({ productId, variants }: z.output<typeof product>) {
  return variants.map(({ variantId, sku, options, prices }) => {
    const amount = (currency: string) =>
      prices.find(({ currencyCode }) => currencyCode === currency)?.amountMinor ?? '0'
    return { variantId, productId, sku, options, usd: amount('USD'), eur: amount('EUR'), jpy: amount('JPY') }
  })
}
