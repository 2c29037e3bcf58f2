// Tested in ../activity.int.test.ts: the test checks its report.

import type { PrismaClient } from '../generated/prisma/client.ts'
import { bucketOf } from '../report/buckets-sql.ts'
import type { Bucket } from '../report/range.ts'
import type { Wanted } from '../report/report-reads.ts'

/** Counts of one bucket; of the whole range where `bucket` is null. */
export type ActivityRow = { readonly bucket: Date | null; readonly views: number; readonly carts: number }

// Quarters that begin in the range. A bucket of any time zone consists of whole ones.
const activitySql = (bucket: Bucket) => `
SELECT bucket, COALESCE(sum(count) FILTER (WHERE kind = 'VIEW'), 0)::int AS views,
       COALESCE(sum(count) FILTER (WHERE kind = 'CART'), 0)::int AS carts
  FROM (SELECT ${bucketOf(bucket, 'quarter')} AS bucket, kind, count FROM activity
         WHERE quarter >= $1::timestamptz AND quarter < $2::timestamptz) a
 GROUP BY GROUPING SETS ((bucket), ())`

/** The views and carts of each bucket that has any, and of the whole range. */
export function readActivity(prisma: PrismaClient, { range, timeZone }: Wanted): Promise<ActivityRow[]> {
  const args = [range.from.toISOString(), range.to.toISOString(), timeZone]
  return prisma.$queryRawUnsafe<ActivityRow[]>(activitySql(range.bucket), ...args)
}
