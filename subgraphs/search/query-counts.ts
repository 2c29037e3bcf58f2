// Tested in query-counts.int.test.ts: the counts need a database.

import { createHash } from 'node:crypto'
import { wideNetworkOf } from '@argyle/kit/network'
import { appendEvents } from '@argyle/kit/outbox'
import { addressBucket } from '@argyle/kit/throttle'
import { catalogueTexts } from './catalogue-text.ts'
import { countedText } from './counted-text.ts'
import { queriesCounted } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import type { Vocabulary } from './query/understand.ts'
import {
  type Held,
  MAX_PER_AREA,
  MAX_PER_DAY,
  MAX_PER_NETWORK,
  type QueryTally,
  saveCounts,
} from './query-count-rows.ts'

/** Counts of one text since the previous event, and of the whole day so far. */
export type CountedQuery = QueryTally & { readonly dayTotals: Omit<QueryTally, 'query'> }

/** Maximum number of counts in memory, each of one text and network. Further ones are not counted until the next write. */
export const MAX_HELD = 5_000
/** Maximum number of writes of a count that fail before it is discarded: five minutes. */
export const MAX_ATTEMPTS = 60
/** Maximum number of texts in one event. */
export const MAX_PER_EVENT = 200
/** Days for which counts of queries are kept. */
export const KEPT_DAYS = 400

const FORGET = `
DELETE FROM query_count WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM query_count WHERE day < $1::timestamptz - interval '${KEPT_DAYS} days' LIMIT 1000 FOR UPDATE SKIP LOCKED))`

/** Searchers are kept during the day only. */
const FORGET_SEARCHERS = `
DELETE FROM query_searcher WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM query_searcher WHERE day < ($1::timestamptz - interval '1 hour')::date LIMIT 1000 FOR UPDATE SKIP LOCKED))`

type Attempted = Held & { readonly attempts: number }

type Parts = {
  readonly prisma: PrismaClient
  readonly vocabulary: Vocabulary
  /** Maximum number of different texts that are counted on a day. */
  readonly mostOfDay?: number
}

/**
 * Counts in memory and writes sums at intervals, so that a search remains a read. A crash loses a few seconds
 * of counts.
 */
export function queryCounts({ prisma, vocabulary, mostOfDay = MAX_PER_DAY }: Parts) {
  let held = new Map<string, Attempted>()
  // Numbers of texts by searcher and by area.
  let texts = new Map<string, number>()

  function hold(more: Attempted): void {
    const key = JSON.stringify([more.searcher, more.query])
    const before = held.get(key)
    if (!before) {
      const owners = [[more.searcher, MAX_PER_NETWORK] as const, [more.area, MAX_PER_AREA] as const]
      const isFull = owners.some(([owner, most]) => owner !== null && (texts.get(owner) ?? 0) >= most)
      if (held.size >= MAX_HELD || isFull) return
      for (const [owner] of owners) if (owner !== null) texts.set(owner, (texts.get(owner) ?? 0) + 1)
    }
    held.set(key, {
      query: more.query,
      searcher: more.searcher,
      area: more.area,
      searches: (before?.searches ?? 0) + more.searches,
      zeroResults: (before?.zeroResults ?? 0) + more.zeroResults,
      clicks: (before?.clicks ?? 0) + more.clicks,
      attempts: Math.max(before?.attempts ?? 0, more.attempts),
    })
  }

  async function write(counts: readonly Held[], now: Date): Promise<void> {
    const known = await catalogueTexts([...new Set(counts.map(({ query }) => query))], vocabulary)
    await prisma.$transaction(async (tx) => {
      const saved = await saveCounts(tx, counts, { now, known, mostOfDay })
      const batches = Array.from({ length: Math.ceil(saved.length / MAX_PER_EVENT) }, (_, batch) =>
        saved.slice(batch * MAX_PER_EVENT, (batch + 1) * MAX_PER_EVENT),
      )
      await appendEvents(
        tx,
        batches.map((batch) => {
          const day = batch[0]?.day ?? now.toISOString().slice(0, 10)
          return queriesCounted(
            batch.map(({ more, total: { query: _, ...dayTotals } }) => ({ ...more, dayTotals })),
            { day, until: now },
          )
        }),
      )
    })
  }

  return {
    /** Counts a search. @param isInVain true if the text alone, without a filter, found nothing */
    searched(query: string, isInVain: boolean, clientAddress: string | null): void {
      const text = countedText(query)
      if (text === null) return
      const hashOf = (network: string) => createHash('sha256').update(network).digest('base64url')
      const searcher = hashOf(addressBucket('search', clientAddress))
      const area = hashOf(`area:${clientAddress === null ? 'unknown' : wideNetworkOf(clientAddress)}`)
      hold({
        query: text,
        searcher,
        area,
        searches: 1,
        zeroResults: isInVain ? 1 : 0,
        clicks: 0,
        attempts: 0,
      })
    },

    clicked(query: string): void {
      const text = countedText(query)
      if (text !== null)
        hold({ query: text, searcher: null, area: null, searches: 0, zeroResults: 0, clicks: 1, attempts: 0 })
    },

    /** Writes the counts in memory and publishes them to analytics in batches. If that fails, they are written the next time. */
    async flush(now: Date): Promise<void> {
      const counts = [...held.values()]
      if (counts.length === 0) return
      held = new Map()
      texts = new Map()
      try {
        await write(counts, now)
      } catch (error) {
        for (const count of counts)
          if (count.attempts + 1 < MAX_ATTEMPTS) hold({ ...count, attempts: count.attempts + 1 })
        throw error
      }
    },

    /** Deletes counts older than 400 days, and who searched before today. */
    async forget(now: Date): Promise<void> {
      while ((await prisma.$executeRawUnsafe(FORGET, now)) === 1_000);
      while ((await prisma.$executeRawUnsafe(FORGET_SEARCHERS, now)) === 1_000);
    },
  }
}

export type QueryCounts = ReturnType<typeof queryCounts>
