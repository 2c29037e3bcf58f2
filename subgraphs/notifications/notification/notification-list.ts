import { type Connection, connectionOf, pageArgs } from '@argyle/kit/connection'
import { instantCursor } from '@argyle/kit/keyset'
import type { NotificationLoaders } from '../loaders.ts'
import type { Channel, InAppNotification } from './notification.ts'
import type { NotificationStore } from './notification-store.ts'

type ListArgs = {
  readonly first?: number | null
  readonly after?: string | null
  readonly channel?: Channel | null
  readonly unreadOnly?: boolean | null
}

/** A user's notifications, newest first. @throws GraphQLError BAD_USER_INPUT for arguments out of range */
export async function notificationList(
  userId: string,
  { channel = null, unreadOnly, ...args }: ListArgs,
  load: NotificationLoaders,
): Promise<Connection<InAppNotification>> {
  const wanted = { channel, unreadOnly: unreadOnly ?? false }
  const sort = ['NEWEST', channel ?? 'ALL', ...(wanted.unreadOnly ? ['UNREAD'] : [])].join(' ')
  const page = pageArgs(args, { sort })
  const rows = await load.notificationsByUserId({ wanted, page }).load(userId)
  return connectionOf(rows, page, { sort, cursorOf: ({ createdAt, id }) => instantCursor(createdAt, id) })
}

/** Messages that have failed, newest first. @throws GraphQLError BAD_USER_INPUT for arguments out of range */
export async function failedList(
  args: Pick<ListArgs, 'first' | 'after'>,
  notifications: Pick<NotificationStore, 'failed'>,
): Promise<Connection<InAppNotification>> {
  const sort = 'FAILED'
  const page = pageArgs(args, { sort })
  const rows = await notifications.failed(page)
  return connectionOf(rows, page, { sort, cursorOf: ({ createdAt, id }) => instantCursor(createdAt, id) })
}
