// Tested in ../search-terms.int.test.ts: the test checks its report.

import type { PrismaClient } from '../generated/prisma/client.ts'
import type { ReportRange } from '../report/range.ts'

export type SearchMeasure = 'CLICKS' | 'SEARCHES' | 'ZERO_RESULTS'

/** Sums of searches; those of one text where `query` is there. */
export type SearchSums = { readonly searches: number; readonly zeroResults: number; readonly clicks: number }
export type TermSums = SearchSums & { readonly query: string }

const SUMS = `sum(searches)::int AS searches, sum(zero_results)::int AS "zeroResults", sum(clicks)::int AS clicks`
const firstDayFrom = (parameter: string) =>
  `date_trunc('day', ${parameter}::timestamptz AT TIME ZONE 'UTC' + interval '1 day' - interval '1 millisecond')::date`
/** Days of UTC that begin in the range. */
const RANGE = `day >= ${firstDayFrom('$1')} AND day < ${firstDayFrom('$2')}`

const ORDER: Record<SearchMeasure, string> = {
  SEARCHES: 'sum(searches)',
  ZERO_RESULTS: 'sum(zero_results)',
  CLICKS: 'sum(clicks)',
}

const argsOf = ({ from, to }: ReportRange) => [from.toISOString(), to.toISOString()] as const

/** The texts with the greatest sums; without those whose sum is zero. */
export function readTerms(
  prisma: PrismaClient,
  range: ReportRange,
  { limit, by }: { readonly limit: number; readonly by: SearchMeasure },
): Promise<TermSums[]> {
  const statement = `SELECT query, ${SUMS} FROM search_term WHERE ${RANGE}
    GROUP BY query HAVING ${ORDER[by]} > 0 ORDER BY ${ORDER[by]} DESC, query LIMIT $3`
  return prisma.$queryRawUnsafe<TermSums[]>(statement, ...argsOf(range), limit)
}

/** The sums of all texts. */
export async function readSearches(prisma: PrismaClient, range: ReportRange): Promise<SearchSums> {
  const [row] = await prisma.$queryRawUnsafe<SearchSums[]>(
    `SELECT ${SUMS} FROM search_term WHERE ${RANGE}`,
    ...argsOf(range),
  )
  const { searches, zeroResults, clicks } = row ?? {}
  return { searches: searches ?? 0, zeroResults: zeroResults ?? 0, clicks: clicks ?? 0 }
}
