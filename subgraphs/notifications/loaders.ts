import type { Page } from '@argyle/kit/connection'
import { loadersByArgs, loadMany, loadOne } from '@argyle/kit/loader'
import type { NotificationStore, Wanted } from './notification/notification-store.ts'

/** The loaders of one operation: 50 lookups of a kind become one statement. */
export function notificationLoaders(notifications: NotificationStore) {
  return {
    notificationById: loadOne(notifications.byIds, ({ id }) => id),
    notificationsByUserId: loadersByArgs(({ wanted, page }: { wanted: Wanted; page: Page }) =>
      loadMany(
        (userIds: readonly string[]) => notifications.ofUsers(userIds, wanted, page),
        ({ userId }) => userId ?? '',
      ),
    ),
    unreadByUserId: loadOne(notifications.unreadOf, ({ userId }) => userId),
  }
}

export type NotificationLoaders = ReturnType<typeof notificationLoaders>
