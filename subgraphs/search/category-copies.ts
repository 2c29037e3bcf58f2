// Tested in sweeps.int.test.ts: its statements need a database.

import type { Tx } from '@argyle/kit/database'
import { eachDue } from '@argyle/kit/each-due'
import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { newestOf } from '@argyle/kit/newest'
import { recordProgress } from '@argyle/kit/progress'
import { z } from 'zod'
import type { PrismaClient } from './generated/prisma/client.ts'
import { deriveListings } from './listing-rows.ts'

const category = z.object({
  categoryId: idSchema('cat'),
  parentId: idSchema('cat').nullable(),
  slug: z.string(),
  name: z.string(),
  position: z.int(),
})

const SAVE = `
INSERT INTO category AS kept (category_id, parent_id, slug, name, position, sequence)
SELECT c."categoryId", c."parentId", c.slug, c.name, c.position, c.sequence
  FROM jsonb_to_recordset($1::jsonb)
    AS c("categoryId" text, "parentId" text, slug text, name text, position int, sequence int) ORDER BY 1
ON CONFLICT (category_id) DO UPDATE SET parent_id = EXCLUDED.parent_id, slug = EXCLUDED.slug, name = EXCLUDED.name,
   position = EXCLUDED.position, sequence = EXCLUDED.sequence
 WHERE kept.sequence < EXCLUDED.sequence
RETURNING category_id AS "categoryId"`

/**
 * Listings contain the name and number of each ancestor category. After a change of a category, a timer
 * derives them again.
 */
const MARK_STALE = `
WITH RECURSIVE branch AS (
  SELECT category_id, 1 AS depth FROM category WHERE category_id = ANY($1::text[])
  UNION
  SELECT c.category_id, depth + 1 FROM branch JOIN category c ON c.parent_id = branch.category_id WHERE depth < 6
)
INSERT INTO stale_listing (product_id)
SELECT DISTINCT l.product_id FROM branch JOIN listing l USING (category_id) ORDER BY 1
ON CONFLICT DO NOTHING`

/** products.category.changed: a category was created, renamed or moved. */
export async function indexCategories(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = newestOf(messages).map(({ data, sequence }) => ({ ...category.parse(data), sequence }))
  const saved = await tx.$queryRawUnsafe<{ categoryId: string }[]>(SAVE, JSON.stringify(rows))
  await tx.$executeRawUnsafe(
    MARK_STALE,
    saved.map(({ categoryId }) => categoryId),
  )
  await recordProgress(tx, messages)
}

/** Maximum number of listings in one transaction, so that other changes of them do not wait long. */
const BATCH = 200

// Locks the listing too, against concurrent changes. A listing that is locked already waits for the next
// round.
const CLAIM = `
SELECT s.product_id AS "productId" FROM stale_listing s JOIN listing l USING (product_id) WHERE s.product_id <> ALL($2::text[])
 ORDER BY s.product_id LIMIT $1 FOR UPDATE SKIP LOCKED`

/** Derives stale listings until none is left. Any number of replicas share the work. Where a batch fails, each listing is derived alone. */
export async function deriveStaleListings(prisma: PrismaClient): Promise<void> {
  const derive = (most: number, except: readonly string[], claimed: (id: string) => void) =>
    prisma.$transaction(async (tx) => {
      const rows = await tx.$queryRawUnsafe<{ productId: string }[]>(CLAIM, most, except)
      if (rows.length === 0) return 0
      const ids = rows.map(({ productId }) => productId)
      for (const id of ids) claimed(id)
      await deriveListings(tx, ids)
      await tx.$executeRawUnsafe('DELETE FROM stale_listing WHERE product_id = ANY($1::text[])', ids)
      return rows.length
    })
  try {
    while ((await derive(BATCH, [], () => {})) === BATCH);
  } catch {
    await eachDue(async (except, claimed) => (await derive(1, except, claimed)) === 1)
  }
}
