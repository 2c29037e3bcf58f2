// Tested in query-counts.int.test.ts: the suggestions need rows in a database.

import { badUserInput } from '@argyle/kit/errors'
import type { PrismaClient } from './generated/prisma/client.ts'
import { fold } from './query/lexicon.ts'
import { readableStart } from './query/query-text.ts'
import type { CategoryReference, ProductReference } from './references.ts'

/** A completion of a text. */
export type Suggestion = {
  readonly kind: 'PRODUCT' | 'CATEGORY' | 'QUERY'
  readonly text: string
  readonly product: ProductReference | null
  readonly category: CategoryReference | null
}

type Row = {
  readonly kind: Suggestion['kind']
  readonly text: string
  readonly id: string | null
  readonly slug: string | null
}

/** Characters of a prefix that are looked at. */
const MAX_CHARACTERS = 60
/** Words of a prefix that are looked at. */
const MAX_WORDS = 6
/** Maximum number of suggestions. */
const MAX_SUGGESTIONS = 20
/** Number of rows from which a list is selected. */
const MAX_SCANNED = 300

/** @throws GraphQLError BAD_USER_INPUT for a limit outside 1 to 20. */
export async function suggest(prisma: PrismaClient, prefix: string, limit: number): Promise<Suggestion[]> {
  if (limit < 1 || limit > MAX_SUGGESTIONS)
    throw badUserInput(`limit is ${limit}: allowed is 1 to ${MAX_SUGGESTIONS}`)
  const typed = fold(readableStart(prefix, MAX_CHARACTERS))
  const words = typed
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, MAX_WORDS)
  if (words.length === 0) return []
  const rows = await read(prisma, typed.replaceAll(/\s+/g, ' '), words, limit)
  const texts = new Set<string>()
  return rows
    .filter(({ text }) => !texts.has(text.toLowerCase()) && texts.add(text.toLowerCase()))
    .slice(0, limit)
    .map(({ kind, text, id, slug }) => ({
      kind,
      text,
      product: kind === 'PRODUCT' && id !== null ? { id, title: text, slug: slug ?? '' } : null,
      category: kind === 'CATEGORY' && id !== null ? { id } : null,
    }))
}

/** Queries and categories each take at most a quarter, if there are enough products. */
function read(prisma: PrismaClient, typed: string, words: readonly string[], limit: number): Promise<Row[]> {
  const few = Math.max(1, Math.floor(limit / 4))
  // Letters and digits only, so it contains no operator or pattern.
  const lexemes = words
    .map((word, place) => (place === words.length - 1 ? `'${word}':*` : `'${word}'`))
    .join(' & ')
  const like = `${typed.replaceAll(/[\\%_]/g, '\\$&')}%`
  const name = `%${words.at(-1) ?? ''}%`
  return prisma.$queryRaw<Row[]>`
    (SELECT 'QUERY' AS kind, q.query AS text, NULL AS id, NULL AS slug FROM suggested_query q
      WHERE q.query LIKE ${like} AND q.query <> ${typed} ORDER BY q.searches DESC, q.query LIMIT ${few})
    UNION ALL
    (SELECT 'CATEGORY', c.name, c.category_id, c.slug FROM category c
      WHERE lower(unaccent(c.name)) LIKE ${name} ORDER BY c.position, c.name LIMIT ${few})
    UNION ALL
    (SELECT 'PRODUCT', p.title, p.product_id, p.slug
       FROM (SELECT l.product_id, l.title, l.slug, l.popularity FROM listing l
              WHERE l.status = 'ACTIVE' AND l.title_words @@ ${lexemes}::tsquery LIMIT ${MAX_SCANNED}) AS p
      ORDER BY p.popularity DESC, p.product_id LIMIT ${limit})`
}
