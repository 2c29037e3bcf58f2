// Tested in new-sign-in.int.test.ts: its transactions need a database.
import { createHmac, hkdfSync } from 'node:crypto'
import type { Clock } from '@argyle/kit/clock'
import { newId } from '@argyle/kit/ids'
import { networkOf } from '@argyle/kit/network'
import { appendEvents } from '@argyle/kit/outbox'
import { signInNoticed } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'

/** Maximum number of networks that are stored of one account. Those used longest ago are deleted. */
const MAX_NETWORKS = 100
/** Days after which an unused network counts as new again. */
const KEPT_DAYS = 180

const REMEMBER = `
INSERT INTO known_network (user_id, hash, used_at) VALUES ($1, $2, $3::timestamptz)
ON CONFLICT (user_id, hash) DO UPDATE SET used_at = greatest(known_network.used_at, EXCLUDED.used_at)
RETURNING (xmax = 0) AS "isNew"`
const OTHERS = 'SELECT 1 FROM known_network WHERE user_id = $1 AND hash <> $2 LIMIT 1'
const FORGET_OLDEST = `
DELETE FROM known_network WHERE (user_id, hash) IN
 (SELECT user_id, hash FROM known_network WHERE user_id = $1 ORDER BY used_at DESC, hash OFFSET ${MAX_NETWORKS})`
const FORGET = `DELETE FROM known_network WHERE used_at < $1::timestamptz - interval '${KEPT_DAYS} days'`

type Parts = { readonly prisma: PrismaClient; readonly clock: Clock; readonly linkKey: Uint8Array }

/** The networks from which accounts sign in. */
export function signInStore({ prisma, clock, linkKey }: Parts) {
  const key = new Uint8Array(hkdfSync('sha256', linkKey, '', 'argyle known networks', 32))

  /**
   * The stored form of a network. A keyed hash is used, since a plain hash of an IPv4 address could be
   * inverted.
   */
  const hashOf = (userId: string, address: string) =>
    Uint8Array.from(
      createHmac('sha256', key)
        .update(`${userId} ${networkOf(address)}`)
        .digest(),
    )

  return {
    /** Saves the network of a sign-in. The owner is informed of a new network, but not of the first one. */
    async note(userId: string, address: string | null): Promise<void> {
      if (address === null) return
      const [hash, now] = [hashOf(userId, address), clock()]
      await prisma.$transaction(async (tx) => {
        const [row] = await tx.$queryRawUnsafe<{ isNew: boolean }[]>(REMEMBER, userId, hash, now)
        if (!row?.isNew) return
        const others = await tx.$queryRawUnsafe<unknown[]>(OTHERS, userId, hash)
        if (others.length === 0) return
        await tx.$executeRawUnsafe(FORGET_OLDEST, userId)
        const account = await tx.account.findFirst({ where: { id: userId } })
        if (account)
          await appendEvents(tx, [signInNoticed(newId('sgn'), { userId, email: account.email }, now)])
      })
    },

    /** Deletes networks that were not used for 180 days. */
    async forget(): Promise<void> {
      await prisma.$executeRawUnsafe(FORGET, clock())
    },
  }
}

export type SignInStore = ReturnType<typeof signInStore>
