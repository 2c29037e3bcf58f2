// Tested in events.int.test.ts: listings are written by messages.

import type { Tx } from '@argyle/kit/database'
import { executeLater } from '@argyle/kit/later'

const LOCK = 'SELECT 1 FROM listing WHERE product_id = ANY($1::text[]) ORDER BY product_id FOR UPDATE'

/** An arbitrary advisory lock number: a transaction that locks listings several times excludes those that lock them once. */
const LISTING_LOCK = 7_203
const SHARE = `SELECT pg_advisory_xact_lock_shared(${LISTING_LOCK})`
const EXCLUDE = `SELECT pg_advisory_xact_lock(${LISTING_LOCK})`

/** Begins a change that locks listings once, before its first lock. */
export async function shareListings(tx: Tx): Promise<void> {
  await executeLater(tx, { text: SHARE, values: [] })
}

/**
 * Begins a change that may lock listings several times, e.g. a replay of several types of messages, before its first
 * lock. The order of its locks is not that of the ids, so that others could deadlock with it.
 */
export async function excludeListings(tx: Tx): Promise<void> {
  await executeLater(tx, { text: EXCLUDE, values: [] })
}

/** Locks listings in the order of their ids, so that concurrent changes wait instead of deadlocking. */
export async function lockListings(tx: Tx, productIds: readonly string[]): Promise<void> {
  await shareListings(tx)
  await executeLater(tx, { text: LOCK, values: [productIds] })
}

// The category of a listing and its ancestors. The maximum depth of the tree ends the recursion in a cycle,
// which late messages can cause.
const BRANCH = `
WITH RECURSIVE branch AS (
  SELECT c.number, c.name, c.parent_id, 1 AS depth FROM category c WHERE c.category_id = s.category_id
  UNION ALL
  SELECT c.number, c.name, c.parent_id, depth + 1 FROM branch JOIN category c ON c.category_id = branch.parent_id WHERE depth < 6
) SELECT array_agg(DISTINCT -number) AS numbers, string_agg(name, ' . ') AS names FROM branch`

const OPTIONS = `
SELECT bool_or(v.in_stock) AS in_stock, min(v.usd) AS usd, min(v.eur) AS eur, min(v.jpy) AS jpy,
       array_agg(lower(v.sku)) AS skus,
       (SELECT array_agg(DISTINCT id) FROM listing_variant w, unnest(w.option_ids) AS id WHERE w.product_id = s.product_id) AS ids,
       (SELECT string_agg(DISTINCT o.name || ' ' || o.value, ' . ')
          FROM listing_variant w, jsonb_to_recordset(w.options) AS o(name text, value text)
         WHERE w.product_id = s.product_id) AS texts
  FROM listing_variant v WHERE v.product_id = s.product_id`

/** A text in both languages, with one weight. */
const both = (text: string, weight: 'A' | 'B' | 'C' | 'D') =>
  `setweight(to_tsvector('shop_english', ${text}) || to_tsvector('shop_german', ${text}), '${weight}')`

/** The first sentence of a description says what a thing is; the rest, how to wash it. */
const FIRST_SENTENCE = `coalesce(substring(s.description FROM '^.*?[.!?](?=\\s|$)'), s.description)`

const DERIVE = `
UPDATE listing AS l SET
  in_stock = coalesce(options.in_stock, false),
  from_usd = coalesce(options.usd, 0), from_eur = coalesce(options.eur, 0), from_jpy = coalesce(options.jpy, 0),
  facet_ids = coalesce(options.ids, '{}') || coalesce(branch.numbers, '{}'),
  title_words = to_tsvector('shop_words', s.title),
  document = ${both('s.title', 'A')}
    || ${both("coalesce(branch.names, '') || ' . ' || coalesce(options.texts, '')", 'B')}
    || ${both(FIRST_SENTENCE, 'C')}
    || ${both(`substr(s.description, length(${FIRST_SENTENCE}) + 1)`, 'D')}
    || array_to_tsvector(coalesce(options.skus, '{}'))
  FROM listing AS s
  LEFT JOIN LATERAL (${BRANCH}) AS branch ON true
  LEFT JOIN LATERAL (${OPTIONS}) AS options ON true
 WHERE s.product_id = ANY($1::text[]) AND l.product_id = s.product_id`

const REMEMBER_WORDS = `
WITH said AS (
  SELECT s.title || ' ' || coalesce((SELECT string_agg(f.value, ' ') FROM facet_value f WHERE f.id = ANY(s.facet_ids)), '')
         || ' ' || coalesce((SELECT string_agg(c.name, ' ') FROM category c WHERE -c.number = ANY(s.facet_ids)), '') AS names, s.description
    FROM listing s WHERE s.product_id = ANY($1::text[]) AND s.status = 'ACTIVE'
), found AS (
  SELECT word, true AS is_name FROM said, regexp_split_to_table(lower(unaccent(names)), '[^[:alpha:]]+') AS word
  UNION ALL
  SELECT word, false FROM said, regexp_split_to_table(lower(unaccent(description)), '[^[:alpha:]]+') AS word
), new AS (
  SELECT word, bool_or(is_name) AS is_name FROM found WHERE length(word) BETWEEN 2 AND 40 GROUP BY word
)
INSERT INTO word AS kept (word, is_name, english, german)
SELECT n.word, n.is_name, coalesce((ts_lexize('english_stem', n.word))[1], ''), coalesce((ts_lexize('german_stem', n.word))[1], '')
  FROM new n LEFT JOIN word k USING (word)
 WHERE k.word IS NULL OR (n.is_name AND NOT k.is_name) ORDER BY 1
ON CONFLICT (word) DO UPDATE SET is_name = true WHERE EXCLUDED.is_name AND NOT kept.is_name`

/**
 * Derives the columns of locked listings that are searched, filtered and counted from listings, variants and
 * categories.
 */
export async function deriveListings(tx: Tx, productIds: readonly string[]): Promise<void> {
  if (productIds.length === 0) return
  await tx.$executeRawUnsafe(DERIVE, productIds)
  await tx.$executeRawUnsafe(REMEMBER_WORDS, productIds)
}

/** Derives whether locked listings are for sale, the only column that a change of stock alters. */
export async function deriveStock(tx: Tx, productIds: readonly string[]): Promise<void> {
  await tx.$executeRawUnsafe(
    `UPDATE listing AS l SET in_stock = s.in_stock
       FROM (SELECT product_id, bool_or(in_stock) AS in_stock FROM listing_variant WHERE product_id = ANY($1::text[]) GROUP BY 1) AS s
      WHERE l.product_id = s.product_id AND l.in_stock <> s.in_stock`,
    productIds,
  )
}
