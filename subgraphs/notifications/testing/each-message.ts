import type { OrderFacts } from '../message/message.ts'
import type { Details } from '../occasion/occasion.ts'

/** The shop that writes. */
export const style = {
  timeZone: 'Europe/Berlin',
  storefront: 'https://shop.example',
  publicUrl: 'https://graph.example',
  isAnswered: true,
}
/** The order of messages that have one. */
export const order: OrderFacts = {
  number: 'A-7K2M-9QX3',
  currency: 'EUR',
  totalMinor: 123_456n,
  lines: [{ title: 'Harbour Stripe – Navy / M', quantity: 2, totalMinor: '2338' }],
}

const link = { email: 'ada@argyle.example', sealedToken: 'c2VhbGVk', expiresAt: '2026-11-28T10:00:00.000Z' }

/** One of each kind. The compiler names a kind that is missing. */
export const EACH: { readonly [K in Details['kind']]: Extract<Details, { kind: K }> } = {
  WELCOME: { kind: 'WELCOME' },
  ORDER_CONFIRMED: { kind: 'ORDER_CONFIRMED' },
  ORDER_CANCELLED: { kind: 'ORDER_CANCELLED', reason: 'OUT_OF_STOCK' },
  PAYMENT_FAILED: { kind: 'PAYMENT_FAILED', code: 'insufficient_funds' },
  PAYMENT_ACTION_NEEDED: { kind: 'PAYMENT_ACTION_NEEDED', expiresAt: '2026-11-28T09:40:00.000Z' },
  ORDER_SHIPPED: { kind: 'ORDER_SHIPPED', units: 1, parcelCount: 2, trackingNumber: 'PW482913650017' },
  ORDER_DELIVERED: { kind: 'ORDER_DELIVERED', units: 3, parcelCount: 1 },
  ORDER_REFUNDED: { kind: 'ORDER_REFUNDED', amount: { amountMinor: '1200', currencyCode: 'EUR' } },
  REFUND_FAILED: { kind: 'REFUND_FAILED', amount: { amountMinor: '1200', currencyCode: 'EUR' } },
  RETURN_REQUESTED: { kind: 'RETURN_REQUESTED' },
  RETURN_APPROVED: { kind: 'RETURN_APPROVED' },
  RETURN_REJECTED: { kind: 'RETURN_REJECTED', rejection: 'They were worn.' },
  RETURN_RECEIVED: { kind: 'RETURN_RECEIVED' },
  PASSWORD_RESET: { kind: 'PASSWORD_RESET', ...link },
  EMAIL_VERIFICATION: { kind: 'EMAIL_VERIFICATION', ...link },
  EMAIL_CHANGE: { kind: 'EMAIL_CHANGE', ...link },
  EMAIL_CHANGED: { kind: 'EMAIL_CHANGED', ...link },
  PASSWORD_CHANGED: { kind: 'PASSWORD_CHANGED' },
  NEW_SIGN_IN: { kind: 'NEW_SIGN_IN', at: '2026-11-28T09:30:00.000Z' },
  ACCOUNT_DELETED: { kind: 'ACCOUNT_DELETED', email: 'ada@argyle.example' },
  PHONE_VERIFICATION: {
    kind: 'PHONE_VERIFICATION',
    phone: '+4915112345678',
    sealedToken: 'c2VhbGVk',
    expiresAt: '2026-11-28T10:00:00.000Z',
  },
  REVIEW_PUBLISHED: { kind: 'REVIEW_PUBLISHED', rating: 5 },
  STAFF_DIGEST: {
    kind: 'STAFF_DIGEST',
    lowStock: { count: 2, lines: [{ name: 'CRW-1 Harbour Stripe', available: 4, reorderPoint: 5 }] },
    breaches: { count: 1, lines: [{ ticketId: 'tkt_1', clock: 'RESOLUTION', priority: 'HIGH' }] },
    refunds: { count: 2, lines: [{ order: 'A-7K2M-9QX3', code: 'account_closed' }] },
    failures: { count: 1, lines: [{ consumer: 'orders', type: 'payments.payment.captured', times: 1 }] },
  },
  TICKET_ANSWERED: {
    kind: 'TICKET_ANSWERED',
    language: 'en',
    subject: 'A hole in the left sock',
    text: null,
    replyTag: null,
  },
  CAMPAIGN: {
    kind: 'CAMPAIGN',
    language: 'en',
    title: 'Warm feet',
    body: 'A word.',
    actionLabel: 'To the shop',
    path: '/c/abc',
    couponCode: null,
    expiresAt: '2026-12-01T00:00:00.000Z',
  },
}
/** The kinds that are about no order. */
export const OF_ACCOUNTS = [
  'PASSWORD_RESET',
  'EMAIL_VERIFICATION',
  'EMAIL_CHANGE',
  'EMAIL_CHANGED',
  'PASSWORD_CHANGED',
  'WELCOME',
  'ACCOUNT_DELETED',
  'NEW_SIGN_IN',
  'PHONE_VERIFICATION',
  'STAFF_DIGEST',
  'REVIEW_PUBLISHED',
  'TICKET_ANSWERED',
  'CAMPAIGN',
]
