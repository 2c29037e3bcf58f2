// Tested in events.int.test.ts: the test delivers messages.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { executeLater } from '@argyle/kit/later'
import { newestOf } from '@argyle/kit/newest'
import { recordProgress } from '@argyle/kit/progress'
import { z } from 'zod'

const product = z.object({
  productId: idSchema('prd'),
  status: z.enum(['DRAFT', 'ACTIVE', 'ARCHIVED']),
  variants: z.array(z.object({ variantId: idSchema('var') })),
})
const availability = z.object({ variantId: idSchema('var'), status: z.string() })

/** Locks the products in the order of their ids, which is that of the messages, also those that it does not change. */
const SAVE_PRODUCTS = `
INSERT INTO known_product AS kept (product_id, status, sequence)
SELECT p."productId", p.status, p.sequence FROM jsonb_to_recordset($1::jsonb) AS p("productId" text, status text, sequence int)
ON CONFLICT (product_id) DO UPDATE SET status = EXCLUDED.status, sequence = EXCLUDED.sequence
 WHERE kept.sequence < EXCLUDED.sequence
RETURNING product_id AS "productId"`

/** The availability of a known variant does not change. */
const SAVE_VARIANTS = `
INSERT INTO known_variant (variant_id, product_id)
SELECT v."variantId", v."productId" FROM jsonb_to_recordset($1::jsonb) AS v("variantId" text, "productId" text) ORDER BY 1
ON CONFLICT (variant_id) DO UPDATE SET product_id = EXCLUDED.product_id`

const SAVE_STOCK = `
INSERT INTO known_variant AS kept (variant_id, in_stock, sequence)
SELECT v."variantId", v."inStock", v.sequence
  FROM jsonb_to_recordset($1::jsonb) AS v("variantId" text, "inStock" boolean, sequence int)
ON CONFLICT (variant_id) DO UPDATE SET in_stock = EXCLUDED.in_stock, sequence = EXCLUDED.sequence
 WHERE kept.sequence < EXCLUDED.sequence
RETURNING product_id AS "productId"`

const DERIVE_STOCK = `
UPDATE known_product AS p SET in_stock = s.in_stock
  FROM (SELECT product_id, bool_or(in_stock) AS in_stock FROM known_variant WHERE product_id = ANY($1::text[]) GROUP BY 1) AS s
 WHERE p.product_id = s.product_id AND p.in_stock <> s.in_stock`

type Owned = { readonly productId: string | null }

/** products.product.changed: which products are on sale. */
export async function rememberProducts(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const newest = newestOf(messages).map(({ data, sequence }) => ({ ...product.parse(data), sequence }))
  const saved = idsOf(await tx.$queryRawUnsafe<Owned[]>(SAVE_PRODUCTS, JSON.stringify(newest)))
  const variants = newest
    .filter(({ productId }) => saved.includes(productId))
    .flatMap(({ productId, variants: all }) => all.map(({ variantId }) => ({ variantId, productId })))
  await tx.$executeRawUnsafe(SAVE_VARIANTS, JSON.stringify(variants))
  await tx.$executeRawUnsafe(DERIVE_STOCK, saved)
  await recordProgress(tx, messages)
}

const OWNERS = `
SELECT DISTINCT product_id AS "productId" FROM known_variant WHERE variant_id = ANY($1::text[]) AND product_id IS NOT NULL`

/** inventory.availability.changed: which variants can be bought. It may arrive before the product. */
export async function rememberStock(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = newestOf(messages).map(({ data, sequence }) => {
    const { variantId, status } = availability.parse(data)
    return { variantId, inStock: status === 'IN_STOCK' || status === 'LOW_STOCK', sequence }
  })
  const ids = rows.map(({ variantId }) => variantId)
  await lockProducts(tx, idsOf(await tx.$queryRawUnsafe<Owned[]>(OWNERS, ids)))
  const saved = await tx.$queryRawUnsafe<Owned[]>(SAVE_STOCK, JSON.stringify(rows))
  // A variant may have got its product since. DERIVE_STOCK then waits for that product's changes before it reads its variants.
  await lockProducts(tx, idsOf(saved))
  await tx.$executeRawUnsafe(DERIVE_STOCK, idsOf(saved))
  await recordProgress(tx, messages)
}

/** Locks products in the order of their ids, so that concurrent changes wait instead of deadlocking. */
async function lockProducts(tx: Tx, productIds: readonly string[]): Promise<void> {
  const text = 'SELECT 1 FROM known_product WHERE product_id = ANY($1::text[]) ORDER BY product_id FOR UPDATE'
  await executeLater(tx, { text, values: [productIds] })
}

const idsOf = (rows: readonly Owned[]) =>
  [...new Set(rows.map(({ productId }) => productId))].filter((id) => id !== null)
