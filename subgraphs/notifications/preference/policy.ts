// Tested in preference.test.ts: the table is read by its rules.
import type { Channel } from '../notification/notification.ts'
import type { Kind } from '../occasion/occasion.ts'

/** Channels by which messages are sent. */
export const CHANNELS_IN_USE = ['IN_APP', 'EMAIL', 'SMS', 'PUSH'] as const satisfies readonly Channel[]
export type ChannelInUse = (typeof CHANNELS_IN_USE)[number]

/** The reason why the e-mail of a kind cannot be turned off. */
type RequiredBy =
  /** Directive 2011/83/EU, articles 8(7) and 11(3): the trader confirms an order, and a withdrawal, on a durable medium. */
  | 'LAW'
  /** The contract needs an answer of the customer, or ends. */
  | 'CONTRACT'
  /** The owner of an account learns of changes that somebody else may have made. */
  | 'SECURITY'

type Policy = {
  readonly required: RequiredBy | null
  /** Whether it may come some hours later: it keeps quiet hours. */
  readonly canWait: boolean
}

const SECURITY: Policy = { required: 'SECURITY', canWait: false }
const CONTRACT: Policy = { required: 'CONTRACT', canWait: false }
const NEWS: Policy = { required: null, canWait: true }

export const POLICIES: Readonly<Record<Kind, Policy>> = {
  WELCOME: NEWS,
  ORDER_CONFIRMED: { required: 'LAW', canWait: false },
  ORDER_CANCELLED: CONTRACT,
  PAYMENT_FAILED: CONTRACT,
  PAYMENT_ACTION_NEEDED: CONTRACT,
  ORDER_SHIPPED: NEWS,
  ORDER_DELIVERED: NEWS,
  ORDER_REFUNDED: NEWS,
  REFUND_FAILED: CONTRACT,
  RETURN_REQUESTED: { required: 'LAW', canWait: true },
  RETURN_APPROVED: NEWS,
  RETURN_REJECTED: { required: 'CONTRACT', canWait: true },
  RETURN_RECEIVED: NEWS,
  PASSWORD_RESET: SECURITY,
  EMAIL_VERIFICATION: SECURITY,
  EMAIL_CHANGE: SECURITY,
  EMAIL_CHANGED: SECURITY,
  PASSWORD_CHANGED: SECURITY,
  NEW_SIGN_IN: SECURITY,
  ACCOUNT_DELETED: SECURITY,
  PHONE_VERIFICATION: { required: null, canWait: false },
  REVIEW_PUBLISHED: NEWS,
  STAFF_DIGEST: { required: null, canWait: false },
  TICKET_ANSWERED: NEWS,
  CAMPAIGN: NEWS,
}

// The keys of a record of kinds are kinds.
export const KINDS = Object.keys(POLICIES) as readonly Kind[]

/** Whether messages of a kind are always sent by a channel. */
export function isRequired(kind: Kind, channel: Channel): boolean {
  // A code is sent because its number has just been given.
  if (kind === 'PHONE_VERIFICATION') return channel === 'SMS'
  return channel === 'EMAIL' && POLICIES[kind].required !== null
}

/** Kinds whose text message is on until it is turned off: the parcel is there, or the customer has to act. */
const WORTH_A_TEXT: ReadonlySet<Kind> = new Set<Kind>([
  'PHONE_VERIFICATION',
  'PAYMENT_ACTION_NEEDED',
  'PAYMENT_FAILED',
  'ORDER_DELIVERED',
])

/**
 * Whether messages of a kind are sent by a channel unless the recipient chooses otherwise. Advertising by
 * e-mail needs the recipient's consent (Directive 2002/58/EC, article 13(1)).
 */
export function isOnByDefault(kind: Kind, channel: Channel): boolean {
  if (kind === 'CAMPAIGN') return false
  return channel !== 'SMS' || WORTH_A_TEXT.has(kind)
}
