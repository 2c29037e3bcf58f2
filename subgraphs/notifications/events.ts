import type { NewEvent } from '@argyle/kit/envelope'

type Received = {
  readonly id: string
  readonly userId: string
  readonly kind: string
  readonly title: string
  readonly body: string
  readonly createdAt: Date
}

/** `notifications.notification.received`: a person has a new in-app notification. */
export function notificationReceived({ id, userId, kind, title, body, createdAt }: Received): NewEvent {
  const data = { notificationId: id, userId, kind, title, body, createdAt: createdAt.toISOString() }
  return { type: 'notifications.notification.received', subject: id, sequence: 1, data }
}
