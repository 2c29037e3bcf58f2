// Tested in ../category-segments.int.test.ts: the test checks the messages that they are made of.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { newestOf } from '@argyle/kit/newest'
import { z } from 'zod'
import type { CategoryPaths } from './rule.ts'
import { lockRules } from './segment-store.ts'

const category = z.object({ categoryId: z.string(), parentId: z.string().nullable() })

/**
 * Maximum number of categories above one, more than products allows. It ends a cycle, which messages in
 * another order can cause for a while.
 */
const MAX_DEPTH = 20

const REMEMBER = `
INSERT INTO known_category AS kept (category_id, parent_id, sequence)
SELECT "categoryId", "parentId", sequence
  FROM jsonb_to_recordset($1::jsonb) AS incoming("categoryId" text, "parentId" text, sequence int) ORDER BY "categoryId"
ON CONFLICT (category_id) DO UPDATE SET parent_id = EXCLUDED.parent_id, sequence = EXCLUDED.sequence
 WHERE kept.sequence < EXCLUDED.sequence`
const PARENTS = `
SELECT category_id AS "categoryId", parent_id AS "parentId" FROM known_category
 WHERE category_id = ANY($1::text[]) ORDER BY category_id FOR UPDATE`

// Only these segments depend on the tree. There are few segments, so no index is needed.
const EVALUATE_AGAIN = `
UPDATE segment SET built_through = ''
 WHERE deleted_at IS NULL AND jsonb_path_exists(rule, '$.**.fact ? (@ == "CATEGORY")')`

const PATHS = `
WITH RECURSIVE above (category_id, ancestor, depth) AS (
  SELECT DISTINCT id, id, 0 FROM unnest($1::text[]) AS wanted (id)
  UNION ALL
  SELECT a.category_id, k.parent_id, a.depth + 1 FROM above a JOIN known_category k ON k.category_id = a.ancestor
   WHERE k.parent_id IS NOT NULL AND a.depth < ${MAX_DEPTH})
SELECT category_id AS "categoryId", array_agg(ancestor ORDER BY depth) AS path FROM above GROUP BY category_id`

async function parentsOf(tx: Tx, ids: readonly string[]): Promise<Map<string, string | null>> {
  const rows = await tx.$queryRawUnsafe<{ categoryId: string; parentId: string | null }[]>(PARENTS, [...ids])
  return new Map(rows.map(({ categoryId, parentId }) => [categoryId, parentId]))
}

/** products.category.changed: the tree of categories. After a move, rules on categories are evaluated for all customers again. */
export async function rememberCategories(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = newestOf(messages).map(({ data, sequence }) => ({ ...category.parse(data), sequence }))
  const ids = rows.map(({ categoryId }) => categoryId)
  const before = await parentsOf(tx, ids)
  await tx.$executeRawUnsafe(REMEMBER, JSON.stringify(rows))
  const after = await parentsOf(tx, ids)
  const isMoved = [...after].some(([id, parentId]) => (before.get(id) ?? null) !== parentId)
  if (!isMoved) return
  // A rule that is saved concurrently is either among them, or is evaluated with the new tree.
  await lockRules(tx)
  await tx.$executeRawUnsafe(EVALUATE_AGAIN)
}

/** The path of each category to the root. */
export async function categoryPaths(tx: Tx, categoryIds: readonly string[]): Promise<CategoryPaths> {
  if (categoryIds.length === 0) return new Map()
  const rows = await tx.$queryRawUnsafe<{ categoryId: string; path: string[] }[]>(PATHS, [
    ...new Set(categoryIds),
  ])
  return new Map(rows.map(({ categoryId, path }) => [categoryId, path]))
}
