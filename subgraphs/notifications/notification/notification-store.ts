import type { Clock } from '@argyle/kit/clock'
import type { Page } from '@argyle/kit/connection'
import { readInstantCursor } from '@argyle/kit/keyset'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import type { Channel, InAppNotification } from './notification.ts'
import type { MarkNotificationsRead } from './notification-input.ts'

/** The filter of a list. */
export type Wanted = { readonly channel: Channel | null; readonly unreadOnly: boolean }

/** Maximum number of unread notifications that are counted. */
const COUNTED = 100

const COLUMNS = Prisma.sql`id, user_id AS "userId", kind, title, body, channel, status, created_at AS "createdAt", read_at AS "readAt", last_error AS "lastError"`

type Counted = { readonly userId: string; readonly count: number }

/** Reads notifications, and marks them as read. */
export function notificationStore(prisma: PrismaClient, clock: Clock) {
  return {
    byIds: (ids: readonly string[]): Promise<InAppNotification[]> =>
      prisma.$queryRaw<InAppNotification[]>`SELECT ${COLUMNS} FROM notification WHERE id = ANY(${ids})`,

    /** `first + 1` notifications of each user, newest first. */
    ofUsers(
      userIds: readonly string[],
      { channel, unreadOnly }: Wanted,
      page: Page,
    ): Promise<InAppNotification[]> {
      const last = readInstantCursor(page.after, 'ntf')
      const behind = last ? Prisma.sql`AND (created_at, id) < (${last.at}, ${last.id})` : Prisma.empty
      const by = channel ? Prisma.sql`AND channel = ${channel}` : Prisma.empty
      const unread = unreadOnly ? Prisma.sql`AND read_at IS NULL` : Prisma.empty
      return prisma.$queryRaw<InAppNotification[]>`
        SELECT found.* FROM unnest(${userIds}::text[]) AS asked(user_id)
         CROSS JOIN LATERAL (
           SELECT ${COLUMNS} FROM notification
            WHERE user_id = asked.user_id ${behind} ${by} ${unread}
            ORDER BY created_at DESC, id DESC LIMIT ${page.first + 1}) AS found`
    },

    /** `first + 1` messages that have failed, newest first. */
    failed(page: Page): Promise<InAppNotification[]> {
      const last = readInstantCursor(page.after, 'ntf')
      const behind = last ? Prisma.sql`AND (created_at, id) < (${last.at}, ${last.id})` : Prisma.empty
      return prisma.$queryRaw<InAppNotification[]>`
        SELECT ${COLUMNS} FROM notification WHERE status = 'FAILED' ${behind}
         ORDER BY created_at DESC, id DESC LIMIT ${page.first + 1}`
    },

    /** The number of unread notifications of each user, up to 100. */
    unreadOf: (userIds: readonly string[]): Promise<Counted[]> =>
      prisma.$queryRaw<Counted[]>`
        SELECT asked.user_id AS "userId",
               (SELECT count(*) FROM (SELECT FROM notification AS n
                 WHERE n.user_id = asked.user_id AND n.channel = 'IN_APP' AND n.read_at IS NULL LIMIT ${COUNTED}) AS unread)::int AS count
          FROM unnest(${userIds}::text[]) AS asked(user_id)`,

    /** Marks a user's own notifications. */
    async markRead(userId: string, { ids, until }: MarkNotificationsRead): Promise<void> {
      const which = ids ? Prisma.sql`id = ANY(${ids})` : Prisma.sql`created_at <= ${until}`
      await prisma.$executeRaw`
        UPDATE notification SET read_at = ${clock()} WHERE user_id = ${userId} AND read_at IS NULL AND ${which}`
    },
  }
}

export type NotificationStore = ReturnType<typeof notificationStore>
