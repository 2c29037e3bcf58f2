// Tested in ../push-subscriptions.int.test.ts: its transactions need a database.
import type { Clock } from '@argyle/kit/clock'
import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { z } from 'zod'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { MAX_SUBSCRIPTIONS, type PushSubscription } from './push-subscription.ts'
import type { RegisterPushSubscription } from './push-subscription-input.ts'

const COLUMNS = 'id, user_id AS "userId", endpoint, p256dh, auth, created_at AS "createdAt"'

// Registrations of one account wait for each other, so that the maximum holds for concurrent ones.
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('push ' || $1, 0))`
// An endpoint belongs to the account that registered it last, so that the browser shows no messages of the
// previous account.
const REGISTER = `
INSERT INTO push_subscription (id, user_id, endpoint, p256dh, auth, created_at) VALUES ($1, $2, $3, $4, $5, $6::timestamptz)
ON CONFLICT (endpoint) DO UPDATE
   SET id = CASE WHEN push_subscription.user_id = EXCLUDED.user_id THEN push_subscription.id ELSE EXCLUDED.id END,
       user_id = EXCLUDED.user_id, p256dh = EXCLUDED.p256dh, auth = EXCLUDED.auth, created_at = EXCLUDED.created_at
RETURNING ${COLUMNS}`
const MAKE_ROOM = `
DELETE FROM push_subscription WHERE id IN
 (SELECT id FROM push_subscription WHERE user_id = $1 ORDER BY created_at DESC, id DESC OFFSET ${MAX_SUBSCRIPTIONS})`
// A browser that was registered since stays: the owner's, or one of an ended session whose access token has not expired.
const END = 'DELETE FROM push_subscription WHERE user_id = $1 AND created_at <= $2::timestamptz'
const OF_USER = `SELECT ${COLUMNS} FROM push_subscription WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT ${MAX_SUBSCRIPTIONS}`

const passwordChanged = z.object({ userId: z.string() })

/**
 * users.password.changed: people who knew the previous password no longer receive push messages of the
 * account.
 */
export async function endPushSubscriptions(
  tx: Tx,
  { data, time }: Pick<Envelope, 'data' | 'time'>,
): Promise<void> {
  await tx.$executeRawUnsafe(END, passwordChanged.parse(data).userId, time)
}

/** Browsers that receive push messages. */
export function pushSubscriptionStore(prisma: PrismaClient, clock: Clock) {
  return {
    /** The newest first. */
    of: (userId: string): Promise<PushSubscription[]> =>
      prisma.$queryRawUnsafe<PushSubscription[]>(OF_USER, userId),

    /** Registers a browser for an account. A repetition renews the keys and keeps the id. */
    register: (
      userId: string,
      { endpoint, p256dh, auth }: RegisterPushSubscription,
    ): Promise<PushSubscription> =>
      prisma.$transaction(async (tx) => {
        await tx.$executeRawUnsafe(LOCK, userId)
        const values = [newId('psb'), userId, endpoint, p256dh, auth, clock()]
        const [row] = await tx.$queryRawUnsafe<PushSubscription[]>(REGISTER, ...values)
        if (!row) throw new Error('the subscription was not written')
        await tx.$executeRawUnsafe(MAKE_ROOM, userId)
        return row
      }),

    /** Removes a subscription of this account. It is idempotent. */
    async remove(userId: string, id: string): Promise<void> {
      await prisma.pushSubscription.deleteMany({ where: { id, userId } })
    },

    /** Removes subscriptions that their push services have ended. */
    async end(ids: readonly string[]): Promise<void> {
      await prisma.pushSubscription.deleteMany({ where: { id: { in: [...ids] } } })
    },
  }
}

export type PushSubscriptionStore = ReturnType<typeof pushSubscriptionStore>
