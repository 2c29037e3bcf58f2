// Tested in ../events.int.test.ts: messages are read from their samples.

import type { Envelope } from '@argyle/kit/envelope'
import { z } from 'zod'
import { languageOf } from '../message/format.ts'
import {
  CANCEL_REASONS,
  type Details,
  eventMoney,
  type Occasion,
  ofGuest,
  ofOrder,
  ofUser,
} from './occasion.ts'

const order = z.object({ orderId: z.string() })
const cancelled = order.extend({ reason: z.string().nullable() })
const declined = order.extend({ code: z.string() })
const action = order.extend({ paymentId: z.string(), expiresAt: z.iso.datetime() })
const parcel = order.extend({
  shipmentId: z.string(),
  parcelCount: z.int(),
  trackingNumber: z.string().nullable(),
  lines: z.array(z.object({ quantity: z.int() })),
})
const refunded = order.extend({ refundId: z.string(), amount: eventMoney })
const returned = order.extend({
  returnId: z.string(),
  status: z.string(),
  rejection: z.string().nullable(),
})
const answered = z.object({
  customerId: z.string().nullable(),
  /** Address of a guest, who reads the answer in the e-mail alone. */
  email: z.string().nullish(),
  text: z.string().nullish(),
  replyTag: z.string().nullish(),
  /** Destination of the customer’s order. */
  countryCode: z.string().nullish(),
  messageId: z.string(),
  ticketSubject: z.string(),
})
const published = z.object({ reviewId: z.string(), authorId: z.string(), rating: z.int() })
const link = z.object({
  linkId: z.string(),
  userId: z.string(),
  purpose: z.string(),
  email: z.string(),
  sealedToken: z.string(),
  expiresAt: z.iso.datetime(),
})
// The address of the account at that time. Messages of older versions lack it.
const email = z.string().optional()
const signIn = z.object({ userId: z.string(), email, signInId: z.string(), at: z.iso.datetime() })
const replaced = z.object({ userId: z.string(), changeId: z.string(), email: z.string() })
const passwordChange = z.object({ userId: z.string(), email, changeId: z.string() })
/** Codes of declined payments for which orders cancels as PAYMENT_TIMEOUT or FRAUD. */
export const TIMEOUT_OR_FRAUD_CODES: ReadonlySet<string> = new Set([
  'action_timeout',
  'fraud',
  'fraudulent',
  'suspected_fraud',
  'stolen_card',
])
const LINK_KINDS = new Map<
  string,
  'PASSWORD_RESET' | 'EMAIL_VERIFICATION' | 'EMAIL_CHANGE' | 'EMAIL_CHANGED'
>([
  ['RESET_PASSWORD', 'PASSWORD_RESET'],
  ['VERIFY_EMAIL', 'EMAIL_VERIFICATION'],
  ['CHANGE_EMAIL', 'EMAIL_CHANGE'],
  ['UNDO_EMAIL_CHANGE', 'EMAIL_CHANGED'],
])
const contact = z.object({ userId: z.string() })

/** A customer who has the payment page before them needs no message; one who has left it does. */
const ACTION_PATIENCE_MS = 60_000

const unitsOf = (lines: readonly { quantity: number }[]) =>
  lines.reduce((sum, line) => sum + line.quantity, 0)

/**
 * The details of the message about a return's status; null if another message covers it, or the customer
 * caused it.
 */
function returnDetails(status: string, rejection: string | null): Details | null {
  switch (status) {
    case 'REQUESTED':
      return { kind: 'RETURN_REQUESTED' }
    case 'APPROVED':
      return { kind: 'RETURN_APPROVED' }
    case 'REJECTED':
      return { kind: 'RETURN_REJECTED', rejection }
    case 'RECEIVED':
      return { kind: 'RETURN_RECEIVED' }
    default:
      return null
  }
}

const payment = order.extend({ paymentId: z.string().nullable() })

function actionNeeded(orderId: string, paymentId: string, expiresAt: string): Occasion {
  const occasion = ofOrder(orderId, { kind: 'PAYMENT_ACTION_NEEDED', expiresAt }, paymentId)
  return { ...occasion, delayMs: ACTION_PATIENCE_MS }
}

/** The occasion that the outcome of a payment makes void; null where there was no payment. */
export function settledBy({ data, time }: Envelope): Occasion | null {
  const { orderId, paymentId } = payment.parse(data)
  return paymentId === null ? null : actionNeeded(orderId, paymentId, time)
}

/** The occasion of each message type of another subgraph; null if nobody is notified. */
export const readOccasion: Readonly<Record<string, (message: Envelope) => Occasion | null>> = {
  'users.contact.changed': ({ data, sequence }) =>
    sequence === 1 ? ofUser(contact.parse(data).userId, { kind: 'WELCOME' }) : null,

  'users.link.made'({ data }) {
    const { linkId, userId, purpose, email, sealedToken, expiresAt } = link.parse(data)
    const kind = LINK_KINDS.get(purpose)
    return kind ? ofUser(userId, { kind, email, sealedToken, expiresAt }, linkId) : null
  },

  'users.email.replaced'({ data }) {
    const { userId, changeId, email } = replaced.parse(data)
    return ofUser(userId, { kind: 'EMAIL_CHANGED', email }, changeId)
  },

  'users.password.changed'({ data }) {
    const { userId, changeId, ...address } = passwordChange.parse(data)
    return ofUser(userId, { kind: 'PASSWORD_CHANGED', ...address }, changeId)
  },

  'users.sign_in.noticed'({ data }) {
    const { userId, signInId, ...rest } = signIn.parse(data)
    return ofUser(userId, { kind: 'NEW_SIGN_IN', ...rest }, signInId)
  },

  'orders.order.confirmed': ({ data }) => ofOrder(order.parse(data).orderId, { kind: 'ORDER_CONFIRMED' }),

  'orders.order.cancelled'({ data }) {
    const { orderId, reason } = cancelled.parse(data)
    // The same occasion as that of the declined payment. There is none where the capture failed.
    if (reason === 'PAYMENT_DECLINED')
      return ofOrder(orderId, { kind: 'PAYMENT_FAILED', code: 'payment_declined' })
    const cancelReason = CANCEL_REASONS.find((known) => known === reason) ?? null
    return ofOrder(orderId, { kind: 'ORDER_CANCELLED', reason: cancelReason })
  },

  'payments.payment.declined'({ data }) {
    const { orderId, code } = declined.parse(data)
    // The message about the cancelled order states the reason.
    if (TIMEOUT_OR_FRAUD_CODES.has(code)) return null
    return ofOrder(orderId, { kind: 'PAYMENT_FAILED', code: code.slice(0, 100) })
  },

  'payments.payment.action_required'({ data }) {
    const { orderId, paymentId, expiresAt } = action.parse(data)
    return actionNeeded(orderId, paymentId, expiresAt)
  },

  'shipping.shipment.dispatched'({ data }) {
    const { orderId, shipmentId, parcelCount, trackingNumber, lines } = parcel.parse(data)
    const details = { units: unitsOf(lines), parcelCount, trackingNumber }
    return ofOrder(orderId, { kind: 'ORDER_SHIPPED', ...details }, shipmentId)
  },

  'shipping.shipment.delivered'({ data }) {
    const { orderId, shipmentId, parcelCount, lines } = parcel.parse(data)
    return ofOrder(orderId, { kind: 'ORDER_DELIVERED', units: unitsOf(lines), parcelCount }, shipmentId)
  },

  'payments.payment.refunded'({ data }) {
    const { orderId, refundId, amount } = refunded.parse(data)
    return ofOrder(orderId, { kind: 'ORDER_REFUNDED', amount }, `${orderId} ${refundId}`)
  },

  'payments.refund.reversed'({ data }) {
    const { orderId, refundId, amount } = refunded.parse(data)
    return ofOrder(orderId, { kind: 'REFUND_FAILED', amount }, `${orderId} ${refundId}`)
  },

  'shipping.return.changed'({ data }) {
    const { orderId, returnId, status, rejection } = returned.parse(data)
    const details = returnDetails(status, rejection)
    return details && ofOrder(orderId, details, returnId)
  },

  'reviews.review.published'({ data }) {
    const { authorId, reviewId, rating } = published.parse(data)
    return ofUser(authorId, { kind: 'REVIEW_PUBLISHED', rating }, reviewId)
  },

  'support.ticket.answered'({ data }) {
    const { customerId, email, text = null, replyTag = null, countryCode, ...about } = answered.parse(data)
    const language = languageOf(countryCode ?? '')
    const details = { kind: 'TICKET_ANSWERED' as const, subject: about.ticketSubject, replyTag, language }
    if (customerId !== null) return ofUser(customerId, { ...details, text: null }, about.messageId)
    return email ? ofGuest({ ...details, email, text }, about.messageId) : null
  },
}
