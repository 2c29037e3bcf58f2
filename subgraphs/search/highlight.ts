import { textQuery } from './conditions.ts'
import { Prisma, type PrismaClient } from './generated/prisma/client.ts'
import type { Group } from './query/understand.ts'

/** A part of a text, and whether the query matches it. */
export type TextPart = { readonly text: string; readonly isMatch: boolean }

export type Highlight = {
  readonly id: string
  readonly title: readonly TextPart[]
  readonly description: readonly TextPart[]
}

// Control characters, which no text of the catalogue contains.
const OPEN = '\u0002'
const CLOSE = '\u0003'

/** Splits a text at the marks that PostgreSQL's ts_headline put around matches. */
export function highlightedParts(marked: string): TextPart[] {
  const parts = marked.split(OPEN).flatMap((piece, place) => {
    if (place === 0) return [{ text: piece, isMatch: false }]
    const [match = '', ...rest] = piece.split(CLOSE)
    return [
      { text: match, isMatch: true },
      { text: rest.join(''), isMatch: false },
    ]
  })
  return parts.filter(({ text }) => text !== '')
}

type Row = { readonly id: string; readonly title: string; readonly description: string }

const MARKS = `StartSel="${OPEN}", StopSel="${CLOSE}"`
const WHOLE = `${MARKS}, HighlightAll=true`
const EXTRACT = `${MARKS}, MaxFragments=1, MaxWords=25, MinWords=12`

/**
 * The highlights of the products of a page, in one statement. English marks, unless the German ones are more.
 */
export async function readHighlights(
  prisma: PrismaClient,
  groups: readonly Group[],
  ids: readonly string[],
): Promise<Highlight[]> {
  const query = textQuery(groups.filter(({ isExcluded }) => !isExcluded))
  const clean = (column: Prisma.Sql) => Prisma.sql`translate(${column}, ${OPEN + CLOSE}, '')`
  const title = clean(Prisma.sql`l.title`)
  const description = clean(Prisma.sql`l.description`)
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT l.product_id AS id,
           CASE WHEN to_tsvector('shop_english', l.title) @@ any_of.query OR NOT to_tsvector('shop_german', l.title) @@ any_of.query
                THEN ts_headline('shop_english', ${title}, any_of.query, ${WHOLE})
                ELSE ts_headline('shop_german', ${title}, any_of.query, ${WHOLE}) END AS title,
           CASE WHEN l.description = '' THEN '' ELSE ts_headline('shop_english', ${description}, any_of.query, ${EXTRACT}) END AS description
      FROM listing l, (SELECT ${query} AS query OFFSET 0) AS any_of
     WHERE l.product_id = ANY(${[...ids]}::text[])`
  return rows.map((row) => ({
    id: row.id,
    title: highlightedParts(row.title),
    description: highlightedParts(row.description),
  }))
}
