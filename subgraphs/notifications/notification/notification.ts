import { hasScope, isSelf, type Viewer } from '@argyle/kit/identity'
import type { Kind } from '../occasion/occasion.ts'

export const CHANNELS = ['EMAIL', 'SMS', 'PUSH', 'IN_APP'] as const
export type Channel = (typeof CHANNELS)[number]

/** A notification as it is shown. */
export type InAppNotification = {
  readonly id: string
  readonly userId: string | null
  readonly kind: Kind
  readonly title: string
  readonly body: string
  readonly channel: Channel
  readonly status: 'QUEUED' | 'SENT' | 'FAILED' | 'SUPPRESSED'
  readonly createdAt: Date
  readonly readAt: Date | null
  readonly lastError: string | null
}

/** Whether this viewer may see a user's notifications. */
export function maySee(viewer: Viewer, userId: string | null): boolean {
  return (userId !== null && isSelf(viewer, userId)) || hasScope(viewer, 'support:read')
}
