import { LRUCache } from 'lru-cache'
import type { PrismaClient } from './generated/prisma/client.ts'
import type { Candidate } from './query/spelling.ts'
import type { SizeSpan, Vocabulary, WordKind } from './query/understand.ts'

/** Maximum number of cached words and their lifetime. Words of new products are known after it. */
const REMEMBERED = { max: 10_000, ttl: 30_000 } as const
/** Number of similar words, most similar first, from which the nearest is selected. */
const MAX_SIMILAR = 50
/** Maximum number of sizes of two numbers that queries are compared with. */
const MAX_SIZES = 200

/** The clock of a cache, which tests replace. */
type Timing = Pick<LRUCache.OptionsBase<string, unknown, unknown>, 'perf' | 'ttlResolution'>

type KindRow = { readonly word: string; readonly kind: WordKind }

/** The words of the catalogue. A word is known by its stem in any language. */
export function catalogueVocabulary(prisma: PrismaClient, timing: Timing = {}): Vocabulary {
  const remembered = new LRUCache<string, WordKind>({ ...REMEMBERED, ...timing })
  const spans = new LRUCache<string, SizeSpan[]>({ max: 1, ttl: REMEMBERED.ttl, ...timing })

  async function look(words: readonly string[]): Promise<void> {
    if (words.length === 0) return
    const rows = await prisma.$queryRaw<KindRow[]>`
      SELECT a.word, CASE
             WHEN a.english = '{}' OR a.german = '{}' THEN 'stop'
             WHEN EXISTS (SELECT FROM word w WHERE w.word = a.word) THEN 'known'
             WHEN EXISTS (SELECT FROM word w WHERE w.english = a.english[1])
               OR EXISTS (SELECT FROM word w WHERE w.german = a.german[1]) THEN 'known'
             ELSE 'unknown' END AS kind
        FROM (SELECT word, ts_lexize('english_stem', word) AS english, ts_lexize('german_stem', word) AS german
                FROM unnest(${[...words]}::text[]) AS word) AS a`
    for (const { word, kind } of rows) remembered.set(word, kind)
  }

  return {
    async kindsOf(words) {
      await look(words.filter((word) => !remembered.has(word)))
      return new Map(words.map((word) => [word, remembered.get(word) ?? 'unknown']))
    },

    async sizes() {
      const known = spans.get('sizes')
      if (known) return known
      const rows = await prisma.$queryRaw<SizeSpan[]>`
        SELECT DISTINCT value AS text, part[1]::int AS low, part[2]::int AS high
          FROM facet_value, regexp_match(value, '^(\\d{1,3})\\s?[–-]\\s?(\\d{1,3})(\\s|$)') AS part
         WHERE part IS NOT NULL AND part[1]::int <= part[2]::int ORDER BY low, text LIMIT ${MAX_SIZES}`
      spans.set('sizes', rows)
      return rows
    },

    similar: (word) => prisma.$queryRaw<Candidate[]>`
      SELECT word, is_name AS "isName" FROM similar_words(${word}, ${MAX_SIMILAR})`,
  }
}
