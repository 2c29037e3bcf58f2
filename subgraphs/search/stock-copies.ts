import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { executeLater } from '@argyle/kit/later'
import { newestOf } from '@argyle/kit/newest'
import { recordProgress } from '@argyle/kit/progress'
import { z } from 'zod'
import { deriveStock, lockListings } from './listing-rows.ts'

const availability = z.object({ variantId: idSchema('var'), status: z.string() })

const PRODUCTS = `
SELECT DISTINCT product_id AS "productId" FROM listing_variant WHERE variant_id = ANY($1::text[]) AND product_id IS NOT NULL`

const SAVE = `
INSERT INTO listing_variant AS kept (variant_id, in_stock, stock_sequence)
SELECT v."variantId", v."inStock", v.sequence
  FROM jsonb_to_recordset($1::jsonb) AS v("variantId" text, "inStock" boolean, sequence int) ORDER BY 1
ON CONFLICT (variant_id) DO UPDATE SET in_stock = EXCLUDED.in_stock, stock_sequence = EXCLUDED.stock_sequence
 WHERE kept.stock_sequence < EXCLUDED.stock_sequence
RETURNING product_id AS "productId"`

const DERIVE_LATER = `
INSERT INTO stale_listing (product_id) SELECT id FROM unnest($1::text[]) AS id ORDER BY id ON CONFLICT DO NOTHING`

type Owned = { readonly productId: string | null }

/** inventory.availability.changed: the availability of a variant. It may arrive before the product. */
export async function indexStock(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = newestOf(messages).map(({ data, sequence }) => {
    const { variantId, status } = availability.parse(data)
    return { variantId, inStock: status === 'IN_STOCK' || status === 'LOW_STOCK', sequence }
  })
  const owners = await tx.$queryRawUnsafe<Owned[]>(
    PRODUCTS,
    rows.map(({ variantId }) => variantId),
  )
  const locked = new Set(idsOf(owners))
  await lockListings(tx, [...locked])
  const saved = idsOf(await tx.$queryRawUnsafe<Owned[]>(SAVE, JSON.stringify(rows)))
  await deriveStock(
    tx,
    saved.filter((id) => locked.has(id)),
  )
  // The product of another variant became known meanwhile. A second lock here could wait for a transaction that waits for the first.
  const late = saved.filter((id) => !locked.has(id))
  if (late.length > 0) await executeLater(tx, { text: DERIVE_LATER, values: [late] })
  await recordProgress(tx, messages)
}

const idsOf = (rows: readonly Owned[]) =>
  [...new Set(rows.map(({ productId }) => productId))].filter((id) => id !== null)
