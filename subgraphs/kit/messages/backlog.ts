import type { PrismaLike } from '../database/database.ts'

/** Messages of a subgraph that are not published or not handled. Counts end at 1000. */
export type Backlog = {
  /** Messages in the outbox that the bus has not accepted. */
  readonly waiting: number
  /** The age of the oldest of them in seconds; null if there is none. */
  readonly oldestSeconds: number | null
  /** Messages that this subgraph failed to handle: `npm run dead-letters`. */
  readonly deadLetters: number
}

/** Maximum number of rows that are counted, so that a long backlog does not make the health check slow. */
const MAX_COUNT = 1_000

const BACKLOG = `
SELECT w.waiting, w.oldest AS "oldestSeconds", d.dead AS "deadLetters"
  FROM (SELECT count(*)::int AS waiting, CASE WHEN count(*) > 0 THEN greatest(0, extract(epoch FROM now() - min(time)))::float8 END AS oldest
          FROM (SELECT time FROM outbox_message WHERE published_at IS NULL ORDER BY available_at LIMIT ${MAX_COUNT}) o) w,
       (SELECT count(*)::int AS dead FROM (SELECT 1 FROM dead_letter LIMIT ${MAX_COUNT}) l) d`

/** Reads the backlog by one statement, which uses the index of unpublished messages. */
export async function backlog(prisma: Pick<PrismaLike, '$queryRawUnsafe'>): Promise<Backlog> {
  const [row] = await prisma.$queryRawUnsafe<Backlog[]>(BACKLOG)
  return row ?? { waiting: 0, oldestSeconds: null, deadLetters: 0 }
}
