import type { AnySubgraph } from '../service/subgraph.ts'

const APPLY = `
INSERT INTO copy_progress (consumer, subject, version)
SELECT c.consumer, m.subject, max(m.sequence) FROM outbox_message m, unnest($1::text[]) AS c (consumer) GROUP BY 1, 2
ON CONFLICT (consumer, subject) DO UPDATE SET version = EXCLUDED.version`

/**
 * A definition with consumers whose copies apply every message as soon as it is published, as `copyWaiter` sees
 * them.
 */
export function withCopies(definition: AnySubgraph, consumers: readonly string[]) {
  let waits = 0
  return {
    definition: {
      ...definition,
      async open(opening) {
        const publishNow = () => {
          waits++
          void resources.prisma.$executeRawUnsafe(APPLY, [...consumers])
        }
        const resources = await definition.open({ ...opening, publishNow })
        return resources
      },
    } satisfies AnySubgraph,

    /** Number of waits for the copies during a work. */
    async waits(work: () => Promise<unknown>): Promise<number> {
      const before = waits
      await work()
      return waits - before
    },
  }
}
