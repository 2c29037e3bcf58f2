import type { AnySubgraph } from '../service/subgraph.ts'

const APPLY = `
INSERT INTO copy_progress (consumer, subject, version)
SELECT c.consumer, m.subject, max(m.sequence) FROM outbox_message m, unnest($1::text[]) AS c (consumer) GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (consumer, subject) DO UPDATE SET version = EXCLUDED.version`

/** The statement by which a wait looks for copies that are behind. */
const POLL = /FROM copy_progress p WHERE p\.consumer/

/**
 * A definition with consumers whose copies apply every message after it is published, as `copyWaiter` sees them. The copy of one consumer
 * comes after those of the others, once the wait has seen them: of another consumer each time.
 */
export function withCopies(definition: AnySubgraph, consumers: readonly string[]) {
  let waits = 0
  /** The consumer whose copy is awaited; null once it is made. */
  let awaited: string | null = null
  /** Number of looks since the other copies were made; null before. */
  let looks: number | null = null
  /** Number of looks since all copies were made; null before. */
  let looksAfter: number | null = null
  return {
    definition: {
      ...definition,
      async open(opening) {
        const apply = (those: readonly string[]) => resources.prisma.$executeRawUnsafe(APPLY, [...those])
        const publishNow = async () => {
          const last = consumers[waits % consumers.length] ?? ''
          waits++
          awaited = last
          looks = null
          looksAfter = null
          await apply(consumers.filter((consumer) => consumer !== last))
          looks = 0
        }
        const { database } = opening
        const onQuery = (sql: string) => {
          database.onQuery?.(sql)
          if (looksAfter !== null && POLL.test(sql)) looksAfter++
          if (looks === null || awaited === null || !POLL.test(sql)) return
          looks++
          // The look before this one saw the copies of the others, and did not end the wait.
          if (looks < 2) return
          const wait = waits
          const noteCopy = () => {
            if (wait === waits) looksAfter = 0
          }
          // A copy that is made after the end of its wait, or of the subgraph, is no one's.
          apply([awaited]).then(noteCopy, () => {})
          awaited = null
        }
        const resources = await definition.open({
          ...opening,
          database: { ...database, onQuery },
          publishNow,
        })
        return resources
      },
    } satisfies AnySubgraph,

    /**
     * Number of waits for the copies during a work.
     * @throws Error if the work ended before a copy was made, or went on after all were made
     */
    async waits(work: () => Promise<unknown>): Promise<number> {
      const before = waits
      await work()
      if (waits > before && awaited !== null) throw new Error(`the copy of ${awaited} was not waited for`)
      // The first look may have begun before the last copy was made; the second sees them all.
      if (waits > before && (looksAfter ?? 0) > 2)
        throw new Error('the wait went on after all copies were made')
      return waits - before
    },
  }
}
