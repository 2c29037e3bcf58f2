import { expect } from 'vitest'
import type { HistoryPart, PastEvent } from '../messages/republish.ts'
import type { Resources } from '../service/subgraph.ts'

/** Number that no history of a test reaches. */
const ALL = 1_000

/**
 * Expects that each part of a history has at least two events for this recipient, in the order of their cursors, by pages of one too, and
 * those at or after a time.
 */
export async function expectPages<R extends Resources>(
  history: readonly HistoryPart<R>[],
  resources: R,
  recipient: string,
): Promise<void> {
  for (const part of history) {
    const read = (after: string | null, limit: number, since: Date | null = null) =>
      part(resources, { after, limit, since, recipient })
    const whole = await read(null, ALL)
    expect(whole.length).toBeGreaterThan(1)
    const cursors = whole.map(({ cursor }) => cursor)
    expect(cursors).toEqual([...new Set(cursors)].toSorted())
    const paged: PastEvent[] = []
    for (let isMore = true; isMore && paged.length <= whole.length; ) {
      const page = await read(paged.at(-1)?.cursor ?? null, 1)
      paged.push(...page)
      isMore = page.length > 0
    }
    expect(paged).toEqual(whole)
    for (const { time } of whole)
      for (const since of [time, new Date(time.getTime() + 1)])
        expect(await read(null, ALL, since)).toEqual(whole.filter((event) => event.time >= since))
  }
}
