// Tested in neighbours.int.test.ts: lists are derived from rows.

import type { Tx } from '@argyle/kit/database'
import { weightAt } from './decay.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import { halfLifeOf, POPULARITY, readAllWeight, readPairs, readWeights } from './pair-reads.ts'
import type { Kind } from './recommendation.ts'
import { best, similarity } from './similarity.ts'

/** Maximum number of neighbours that are stored for a product, the best ones. */
export const MAX_NEIGHBOURS = 50
/** Products that are derived in one transaction. */
const BATCH = 20
/**
 * Age at which a list is derived again without a change of its product: other products have changed, and
 * weights have decayed.
 */
const FRESH_HOURS = 24

export type Source = 'PURCHASE' | 'VIEW'

const KINDS = { PURCHASE: ['ORDER', 'BUYER'], VIEW: ['VIEW'] } as const satisfies Record<
  Source,
  readonly Kind[]
>

/**
 * Products that another replica is deriving are skipped: it holds an advisory lock of each until it commits.
 */
const CLAIM = `
SELECT product_id AS "productId" FROM (
  SELECT DISTINCT product_id FROM stale_product WHERE source = $1 AND id <= $2::bigint ORDER BY 1 LIMIT ${BATCH * 10} OFFSET 0) AS stale
 WHERE pg_try_advisory_xact_lock(hashtextextended($1 || product_id, 0)) LIMIT ${BATCH}`

/**
 * Deletes the marks that are committed by now. Later marks are processed by a later run. A product without one was derived by another
 * replica, which has committed since the claim began.
 */
const UNMARK = `
WITH gone AS (DELETE FROM stale_product WHERE source = $1 AND product_id = ANY($2::text[]) RETURNING product_id)
SELECT DISTINCT product_id AS "productId" FROM gone ORDER BY 1`

const SAVE_POPULARITY = `
INSERT INTO known_product (product_id, popularity) SELECT * FROM (${POPULARITY}) AS counted ORDER BY 1
ON CONFLICT (product_id) DO UPDATE SET popularity = EXCLUDED.popularity`

const SAVE_LISTS = `
INSERT INTO neighbour_list (kind, product_id, others, scores, derived_at)
SELECT $1, l.id, l.others, l.scores, $3::timestamptz FROM jsonb_to_recordset($2::jsonb) AS l(id text, others text[], scores float8[]) ORDER BY 2
ON CONFLICT (kind, product_id) DO UPDATE SET others = EXCLUDED.others, scores = EXCLUDED.scores, derived_at = EXCLUDED.derived_at`

const DROP_LISTS = 'DELETE FROM neighbour_list WHERE kind = $1 AND product_id = ANY($2::text[])'

type Claimed = { readonly productId: string }
const idsOf = (rows: readonly Claimed[]) => rows.map(({ productId }) => productId)

/**
 * Derives the lists of products that are marked as stale when it begins. A list is a function of the rows and of the time
 * alone, so it does not matter in which order or how often messages arrived.
 * @returns the number of derived products
 */
export async function deriveNeighbours(prisma: PrismaClient, source: Source, now: Date): Promise<number> {
  const [last] = await prisma.$queryRaw<{ id: bigint | null }[]>`SELECT max(id) AS id FROM stale_product`
  if (typeof last?.id !== 'bigint') return 0
  const until = last.id
  const all = new Map<Kind, number>()
  for (const kind of KINDS[source]) all.set(kind, await readAllWeight(prisma, kind))
  for (let derived = 0; ; ) {
    const count = await prisma.$transaction(async (tx) => {
      const claimed = await tx.$queryRawUnsafe<Claimed[]>(CLAIM, source, until)
      if (claimed.length === 0) return null
      const ids = idsOf(await tx.$queryRawUnsafe<Claimed[]>(UNMARK, source, idsOf(claimed)))
      if (ids.length === 0) return 0
      if (source === 'PURCHASE') await tx.$executeRawUnsafe(SAVE_POPULARITY, ids)
      for (const kind of KINDS[source]) await saveLists(tx, { kind, all: all.get(kind) ?? 0, ids, now })
      return ids.length
    })
    if (count === null) return derived
    derived += count
  }
}

type Derivation = {
  readonly kind: Kind
  readonly all: number
  readonly ids: readonly string[]
  readonly now: Date
}

async function saveLists(tx: Tx, { kind, all, ids, now }: Derivation): Promise<void> {
  const pairs = await readPairs(tx, kind, ids)
  const weights = await readWeights(tx, kind, [...new Set(pairs.map(({ second }) => second))])
  const unit = weightAt(now, halfLifeOf(kind))
  const lists = [...Map.groupBy(pairs, ({ first }) => first)].map(([id, some]) => {
    const scored = some.map(({ second, both, firstWeight }) => {
      const counted = { both, first: firstWeight, second: weights.get(second) ?? 0, all }
      return { id: second, score: rounded(similarity(inUnitsOf(unit, counted))) }
    })
    const kept = best(scored, MAX_NEIGHBOURS)
    return { id, others: kept.map((one) => one.id), scores: kept.map(({ score }) => score) }
  })
  const filled = lists.filter(({ others }) => others.length > 0)
  await tx.$executeRawUnsafe(SAVE_LISTS, kind, JSON.stringify(filled), now)
  const known = new Set(filled.map(({ id }) => id))
  await tx.$executeRawUnsafe(
    DROP_LISTS,
    kind,
    ids.filter((id) => !known.has(id)),
  )
}

/** Sums of the same weights in another order differ in their last digits; equal products are then sorted by id. */
const rounded = (score: number) => Math.round(score * 1e9) / 1e9

type Weights = Parameters<typeof similarity>[0]

const inUnitsOf = (unit: number, { both, first, second, all }: Weights): Weights => {
  return { both: both / unit, first: first / unit, second: second / unit, all: all / unit }
}

const MARK_OLD = `
INSERT INTO stale_product (source, product_id, event_at)
SELECT DISTINCT CASE kind WHEN 'VIEW' THEN 'VIEW' ELSE 'PURCHASE' END, product_id, $1::timestamptz
  FROM neighbour_list WHERE derived_at < $1::timestamptz - interval '${FRESH_HOURS} hours'`

/** Marks the products whose lists are older than a day. */
export async function markOldLists(prisma: PrismaClient, now: Date): Promise<void> {
  await prisma.$executeRawUnsafe(MARK_OLD, now)
}
