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

type Consent = { readonly userId: string; readonly acceptsCampaigns: boolean; readonly version: number }

/** `notifications.consent.changed`: whether an account has agreed to e-mails of campaigns. */
export function consentChanged({ userId, acceptsCampaigns, version }: Consent): NewEvent {
  const data = { userId, acceptsCampaigns }
  return { type: 'notifications.consent.changed', subject: userId, sequence: version, data }
}

/** The outcome of an e-mail of a campaign. */
export type Settled = {
  readonly messageId: string
  readonly outcome: 'SENT' | 'SUPPRESSED' | 'FAILED'
  readonly at: Date
}

/** `notifications.campaign_message.settled`. An e-mail that was sent may come back: FAILED is the later state. */
export function campaignMessageSettled({ messageId, outcome, at }: Settled): NewEvent {
  const sequence = outcome === 'FAILED' ? 2 : 1
  const data = { messageId, outcome, at: at.toISOString() }
  return { type: 'notifications.campaign_message.settled', subject: messageId, sequence, data }
}
