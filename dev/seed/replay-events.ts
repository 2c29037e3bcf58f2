// Tested in seed-shop.int.test.ts: messages are compared with what readers keep.

import { setTimeout as pause } from 'node:timers/promises'
import { republicationState, requestRepublication } from '@argyle/kit/republish'
import pg from 'pg'
import { openOwnerDatabase } from '../republish/owner-database.ts'
import { insertConsents } from './customers/consent.ts'
import { readMarker, writeMarker } from './database/marker.ts'
import { insertExchangeRates } from './exchange-rates.ts'
import { insertViews } from './orders/activity.ts'
import type { Plan } from './plan.ts'

type Reader = {
  readonly owners: readonly string[]
  readonly isAwaited: boolean
  /** Inserts rows that are in no history. */
  readonly prepare?: (client: pg.ClientBase, plan: Plan) => Promise<void>
}

/**
 * Subgraphs whose copies are filled by histories. A start waits for those that are awaited, and requests the
 * others after that.
 */
const READERS: Readonly<Record<string, Reader>> = {
  search: { owners: ['products', 'inventory', 'reviews', 'orders'], isAwaited: true },
  notifications: { owners: ['users', 'products', 'orders'], isAwaited: false, prepare: insertConsents },
  analytics: {
    owners: ['orders', 'search', 'recommendations', 'inventory'],
    isAwaited: false,
    prepare: insertExchangeRates,
  },
  recommendations: { owners: ['products', 'inventory', 'orders'], isAwaited: false, prepare: insertViews },
}

/** A requested history, in the database of its owner. */
export type HistoryRequest = { readonly owner: string; readonly id: string }

type UrlOf = (subgraph: string) => string

/**
 * Requests, for each new reader, the histories of the owners of its data, as `npm run republish` does. The
 * owners publish them as soon as they run. A reader is marked as filled once everything is requested. An
 * interrupted start requests again, which does no harm.
 * @param kind the readers that a start waits for, or the others
 */
export async function askForHistory(
  kind: 'awaited' | 'others',
  names: readonly string[],
  urlOf: UrlOf,
  plan: Plan,
): Promise<HistoryRequest[]> {
  const readers = Object.entries(READERS).filter(
    ([reader, { owners, isAwaited }]) =>
      isAwaited === (kind === 'awaited') && [reader, ...owners].every((name) => names.includes(name)),
  )
  const requests = await Promise.all(readers.map(([name, reader]) => askFor(name, reader, urlOf, plan)))
  return requests.flat()
}

async function askFor(
  name: string,
  { owners, prepare }: Reader,
  urlOf: UrlOf,
  plan: Plan,
): Promise<HistoryRequest[]> {
  const client = new pg.Client({ connectionString: urlOf(name) })
  await client.connect()
  try {
    if (await readMarker(client)) return []
    await prepare?.(client, plan)
    const requests = await Promise.all(
      owners.map(async (owner) => {
        const database = await openOwnerDatabase(urlOf(owner))
        try {
          return { owner, id: await requestRepublication(database, name, null) }
        } finally {
          await database.close()
        }
      }),
    )
    await writeMarker(client, plan)
    return requests
  } finally {
    await client.end()
  }
}

const LOOK_MS = 30
/** Maximum time that a start waits. The rest is published while the shop runs. */
const MAX_MS = 15_000

/** Waits until the histories are published. @returns whether they are, within 15 s */
export async function untilPublished(requests: readonly HistoryRequest[], urlOf: UrlOf): Promise<boolean> {
  const finished = await Promise.all(
    requests.map(async ({ owner, id }) => {
      const database = await openOwnerDatabase(urlOf(owner))
      try {
        for (let waited = 0; waited < MAX_MS; waited += LOOK_MS) {
          if ((await republicationState(database, id))?.isFinished) return true
          await pause(LOOK_MS)
        }
        return false
      } finally {
        await database.close()
      }
    }),
  )
  return finished.every((isFinished) => isFinished)
}
