// Tested in notifications.int.test.ts: the test runs operations.

import { pageArgs } from '@argyle/kit/connection'
import { payload } from '@argyle/kit/decision'
import { loadAccepted } from '@argyle/kit/idempotency'
import { isSelf, requireUser } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import { validate } from '@argyle/kit/user-errors'
import type { Resolvers } from './generated/resolvers.ts'
import { maySee } from './notification/notification.ts'
import { markNotificationsReadInput, retryNotificationInput } from './notification/notification-input.ts'
import { failedList, notificationList } from './notification/notification-list.ts'
import { phoneMutations } from './phone/phone-resolvers.ts'
import { change, choicesOf } from './preference/preference.ts'
import { updateNotificationPreferencesInput } from './preference/preference-input.ts'
import { timeOf } from './preference/quiet-hours.ts'
import { pushMutations, pushQueries } from './push/push-resolvers.ts'

/** Translation only: read the arguments, call one function, shape the answer. */
export const resolvers: Resolvers = {
  Query: {
    async notification(_, { id }, { load, viewer }) {
      const found = await load.notificationById.load(readId('id', 'ntf', id))
      return found && isSelf(viewer, found.userId ?? '') ? found : null
    },
    notifications: (_, args, { load, viewer }) => notificationList(requireUser(viewer).id, args, load),
    notificationPreferences: (_, __, { preferences, viewer }) => preferences.of(requireUser(viewer).id),
    failedNotifications: (_, args, { notifications }) => failedList(args, notifications),
    notificationsAudit: (_, args, { audit }) => audit.page(pageArgs(args), args.subjectId ?? null),
    ...pushQueries,
  },

  Mutation: {
    async updateNotificationPreferences(_, args, { preferences, viewer }) {
      const input = validate(updateNotificationPreferencesInput, args.input)
      if (!input.ok) return payload('preferences', input)
      const { id } = requireUser(viewer)
      return payload('preferences', await preferences.change(id, (before) => change(before, input.value)))
    },

    async markNotificationsRead(_, args, { notifications, viewer }) {
      const input = validate(markNotificationsReadInput, args.input)
      if (!input.ok) return { unreadNotificationCount: null, userErrors: input.errors }
      const { id } = requireUser(viewer)
      await notifications.markRead(id, input.value)
      const [unread] = await notifications.unreadOf([id])
      return { unreadNotificationCount: unread?.count ?? 0, userErrors: [] }
    },

    async retryNotification(_, args, { retries, load, viewer }) {
      const input = validate(retryNotificationInput, args.input)
      if (!input.ok) return payload('notification', input)
      const decision = await retries.retry(requireUser(viewer).id, input.value.id)
      return payload('notification', await loadAccepted(decision, (id) => load.notificationById.load(id)))
    },

    ...pushMutations,
    ...phoneMutations,
  },

  User: {
    __resolveReference: ({ id }) => (isId('usr', id) ? { id } : null),
    notifications: ({ id }, args, { load, viewer }) =>
      maySee(viewer, id) ? notificationList(id, args, load) : null,
    unreadNotificationCount: async ({ id }, _, { load, viewer }) =>
      isSelf(viewer, id) ? ((await load.unreadByUserId.load(id))?.count ?? 0) : null,
  },

  NotificationPreferences: {
    choices: (preferences) => choicesOf(preferences),
    digestTime: ({ digestTime }, _, { preferences }) => preferences.timeOfDigest(digestTime),
    phone: ({ userId }, _, { phones }) => phones.of(userId),
    emailStoppedAt: ({ userId }, _, { preferences }) => preferences.emailStoppedAt(userId),
    quietHours: ({ quietHours: quiet }) =>
      quiet && { from: timeOf(quiet.from), until: timeOf(quiet.until), timeZone: quiet.timeZone },
  },

  PushSubscription: {
    service: ({ endpoint }) => new URL(endpoint).hostname,
  },

  Notification: {
    async __resolveReference({ id }, { load, viewer }) {
      const found = isId('ntf', id) ? await load.notificationById.load(id) : null
      return found && maySee(viewer, found.userId) ? found : null
    },
  },
}
