// Tested in history.int.test.ts: the history needs rows in a database.

import type { HistoryPage, PastEvent } from '@argyle/kit/republish'
import { queriesCounted } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import type { QueryTally } from './query-count-rows.ts'
import { MAX_PER_EVENT } from './query-counts.ts'

type Row = QueryTally & { readonly day: string }

const PAGE = `
SELECT to_char(day, 'YYYY-MM-DD') AS day, query, searches, zero_results AS "zeroResults", clicks FROM query_count
 WHERE (day, query) > ($1::date, $2) AND ($3::timestamptz IS NULL OR day >= ($3::timestamptz AT TIME ZONE 'UTC')::date)
 ORDER BY day, query LIMIT $4`

const DAY_MS = 86_400_000

/** The counts of each day, in messages of one day. A cursor is the day and the text of the last count. */
async function counts(
  { prisma }: { readonly prisma: PrismaClient },
  { after, limit, since }: HistoryPage,
): Promise<PastEvent[]> {
  const [day, query] = [after?.slice(0, 10) ?? '0001-01-01', after?.slice(11) ?? '']
  const most = Math.min(limit, MAX_PER_EVENT)
  const rows = await prisma.$queryRawUnsafe<Row[]>(PAGE, day, query, since?.toISOString() ?? null, most)
  return [...Map.groupBy(rows, (row) => row.day).entries()].map(([of, own]) => {
    const queries = own.map(({ day: _, query: text, ...sums }) => ({ query: text, ...sums, dayTotals: sums }))
    const time = new Date(Math.min(Date.parse(of) + DAY_MS, Date.now()))
    return {
      event: queriesCounted(queries, { day: of, until: time }),
      time,
      cursor: `${of} ${own.at(-1)?.query ?? ''}`,
    }
  })
}

/** The events that search replays from its tables. */
export const history = [counts]
