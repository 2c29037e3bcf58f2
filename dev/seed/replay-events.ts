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
  /** Inserts rows that no history holds. */
  readonly prepare?: (client: pg.ClientBase, plan: Plan) => Promise<void>
}

/** Subgraphs that copies of others' data fill, by history. A start waits for those that are awaited, and asks for the others after that. */
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

/** A history that was asked for, in the database of its owner. */
export type Wish = { readonly owner: string; readonly id: string }

type UrlOf = (subgraph: string) => string

/**
 * Asks, for each reader that is new, the owners of what it reads to tell it their past, as `npm run republish` does. They do so as soon as
 * they run. The reader is marked as filled once everything is asked for: a start that is cut off before asks again, which does no harm.
 * @param kind the readers that a start waits for, or the others
 */
export async function askForHistory(
  kind: 'awaited' | 'others',
  names: readonly string[],
  urlOf: UrlOf,
  plan: Plan,
): Promise<Wish[]> {
  const readers = Object.entries(READERS).filter(
    ([reader, { owners, isAwaited }]) =>
      isAwaited === (kind === 'awaited') && [reader, ...owners].every((name) => names.includes(name)),
  )
  const wishes = await Promise.all(readers.map(([name, reader]) => askFor(name, reader, urlOf, plan)))
  return wishes.flat()
}

async function askFor(name: string, { owners, prepare }: Reader, urlOf: UrlOf, plan: Plan): Promise<Wish[]> {
  const client = new pg.Client({ connectionString: urlOf(name) })
  await client.connect()
  try {
    if (await readMarker(client)) return []
    await prepare?.(client, plan)
    const wishes = await Promise.all(
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
    return wishes
  } finally {
    await client.end()
  }
}

const LOOK_MS = 30
/** A shop that starts waits no longer; what is left is told while it runs. */
const LONGEST_MS = 15_000

/** Waits until the histories are told. @returns whether they are, within 15 s */
export async function untilTold(wishes: readonly Wish[], urlOf: UrlOf): Promise<boolean> {
  const told = await Promise.all(
    wishes.map(async ({ owner, id }) => {
      const database = await openOwnerDatabase(urlOf(owner))
      try {
        for (let waited = 0; waited < LONGEST_MS; waited += LOOK_MS) {
          if ((await republicationState(database, id))?.isFinished) return true
          await pause(LOOK_MS)
        }
        return false
      } finally {
        await database.close()
      }
    }),
  )
  return told.every((isTold) => isTold)
}
