import type { PrismaLike } from '../database/database.ts'

/** The messages of a subgraph that are not where they should be. Counts end at 1000. */
export type Backlog = {
  /** Messages in the outbox that the bus has not taken. */
  readonly waiting: number
  /** The age of the oldest of them in seconds; null where there is none. */
  readonly oldestSeconds: number | null
  /** Messages that this subgraph gave up on: `npm run dead-letters`. */
  readonly deadLetters: number
}

/** The most rows that are counted, so that a long backlog does not make the health check slow. */
const MOST = 1_000

const BACKLOG = `
SELECT w.waiting, w.oldest AS "oldestSeconds", d.dead AS "deadLetters"
  FROM (SELECT count(*)::int AS waiting, CASE WHEN count(*) > 0 THEN greatest(0, extract(epoch FROM now() - min(time)))::float8 END AS oldest
          FROM (SELECT time FROM outbox_message WHERE published_at IS NULL ORDER BY available_at LIMIT ${MOST}) o) w,
       (SELECT count(*)::int AS dead FROM (SELECT 1 FROM dead_letter LIMIT ${MOST}) l) d`

/** Reads the backlog by one statement, along the index of what waits. */
export async function backlog(prisma: Pick<PrismaLike, '$queryRawUnsafe'>): Promise<Backlog> {
  const [row] = await prisma.$queryRawUnsafe<Backlog[]>(BACKLOG)
  return row ?? { waiting: 0, oldestSeconds: null, deadLetters: 0 }
}
