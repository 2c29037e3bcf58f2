import { CURRENCIES } from '@argyle/kit/money'
import { z } from 'zod'
import { LANGUAGES } from '../message/format.ts'

/** An amount as messages carry it. */
export const eventMoney = z.object({
  amountMinor: z.string().regex(/^\d{1,16}$/),
  currencyCode: z.enum(CURRENCIES),
})

/**
 * A text of another subgraph, of this many characters at most. `max` counts UTF-16 units, of which a character
 * has one or two.
 */
const textOf = (characters: number) => z.string().max(2 * characters)

/** A link with a sealed token, which is sent to this address only. */
const link = { email: z.string(), sealedToken: z.string().max(500), expiresAt: z.iso.datetime() }

/** The reasons of a cancellation that messages state. They state no other reason. */
export const CANCEL_REASONS = [
  'OUT_OF_STOCK',
  'PAYMENT_TIMEOUT',
  'CUSTOMER_REQUEST',
  'FRAUD',
  'ADDRESS_REMOVED',
] as const

const count = z.int().min(0)

/** A part of a digest: the number of items, and a line for each of the first. */
const partOf = <L extends z.ZodType>(line: L) => z.object({ count, lines: z.array(line).max(20).readonly() })

/** The details of each kind of message, beside the order and the person that it is about. */
export const detailsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('WELCOME') }),
  z.object({ kind: z.literal('ORDER_CONFIRMED') }),
  z.object({ kind: z.literal('ORDER_CANCELLED'), reason: z.enum(CANCEL_REASONS).nullable().catch(null) }),
  z.object({ kind: z.literal('PAYMENT_FAILED'), code: z.string().max(100) }),
  z.object({ kind: z.literal('PAYMENT_ACTION_NEEDED'), expiresAt: z.iso.datetime() }),
  z.object({
    kind: z.literal('ORDER_SHIPPED'),
    units: z.int(),
    parcelCount: z.int(),
    trackingNumber: z.string().nullable(),
  }),
  z.object({ kind: z.literal('ORDER_DELIVERED'), units: z.int(), parcelCount: z.int() }),
  z.object({ kind: z.literal('ORDER_REFUNDED'), amount: eventMoney }),
  z.object({ kind: z.literal('REFUND_FAILED'), amount: eventMoney }),
  z.object({ kind: z.literal('RETURN_REQUESTED') }),
  z.object({ kind: z.literal('RETURN_APPROVED') }),
  z.object({ kind: z.literal('RETURN_REJECTED'), rejection: z.string().nullable() }),
  z.object({ kind: z.literal('RETURN_RECEIVED') }),
  z.object({ kind: z.literal('PASSWORD_RESET'), ...link }),
  z.object({ kind: z.literal('EMAIL_VERIFICATION'), ...link }),
  z.object({ kind: z.literal('EMAIL_CHANGE'), ...link }),
  // An address that was never verified gets no link: its reader may be a stranger.
  z.object({
    kind: z.literal('EMAIL_CHANGED'),
    email: link.email,
    sealedToken: link.sealedToken.optional(),
    expiresAt: link.expiresAt.optional(),
  }),
  z.object({ kind: z.literal('PASSWORD_CHANGED'), email: z.string().optional() }),
  z.object({ kind: z.literal('NEW_SIGN_IN'), email: z.string().optional(), at: z.iso.datetime() }),
  z.object({ kind: z.literal('ACCOUNT_DELETED'), email: z.string() }),
  z.object({
    kind: z.literal('PHONE_VERIFICATION'),
    phone: z.string().max(20),
    sealedToken: z.string().max(500),
    expiresAt: z.iso.datetime(),
  }),
  z.object({ kind: z.literal('REVIEW_PUBLISHED'), rating: z.int().min(1).max(5) }),
  z.object({
    kind: z.literal('STAFF_DIGEST'),
    lowStock: partOf(z.object({ name: z.string(), available: z.int(), reorderPoint: z.int() })),
    breaches: partOf(z.object({ ticketId: z.string(), clock: z.string(), priority: z.string() })),
    failures: partOf(z.object({ consumer: z.string(), type: z.string(), times: count })),
    // Digests that an earlier version planned have no refunds.
    refunds: partOf(z.object({ order: z.string(), code: z.string() })).default({ count: 0, lines: [] }),
  }),
  z.object({
    kind: z.literal('TICKET_ANSWERED'),
    subject: textOf(150),
    /** Address of a guest. */
    email: z.string().optional(),
    /** For a guest: the answer itself. */
    text: textOf(5_000).nullable().default(null),
    /** Tag of the reply address; null if no answers are accepted. */
    replyTag: z
      .string()
      .regex(/^[0-9a-f]{1,60}$/)
      .nullable()
      .default(null),
    language: z.enum(LANGUAGES).default('en'),
  }),
  z.object({
    kind: z.literal('CAMPAIGN'),
    language: z.enum(LANGUAGES),
    title: textOf(100),
    body: textOf(2_000),
    actionLabel: textOf(60),
    /** The path of the link to the shop, below the router's address. */
    path: z.string().max(200),
    couponCode: z.string().max(32).nullable(),
    expiresAt: z.iso.datetime(),
  }),
])

export type Details = z.output<typeof detailsSchema>
export type Kind = Details['kind']

/** An event that a person is notified of: the user, or the buyer of the order. */
export type Occasion = {
  /** Kind and thing. All messages about the same event have the same id. */
  readonly id: string
  readonly orderId: string | null
  readonly userId: string | null
  readonly details: Details
  /** Minimum delay of the notification in milliseconds; none by default. */
  readonly delayMs?: number
}

/** An occasion of an order. `thing` tells apart several of one kind, such as parcels. */
export function ofOrder(orderId: string, details: Details, thing = orderId): Occasion {
  return { id: `${details.kind} ${thing}`, orderId, userId: null, details }
}

/** An occasion of an account. */
export function ofUser(userId: string, details: Details, thing = userId): Occasion {
  return { id: `${details.kind} ${thing}`, orderId: null, userId, details }
}

/** An occasion of a person of whom only the address in the details is known. */
export function ofGuest(details: Details & { readonly email: string }, thing: string): Occasion {
  return { id: `${details.kind} ${thing}`, orderId: null, userId: null, details }
}

/** Longest pause between two attempts to find the recipient: 1 s, 2 s, 4 s … up to 10 minutes. */
const MAX_PAUSE_MS = 600_000
/** Maximum number of attempts to find the recipient, which take about a day. */
const MAX_ATTEMPTS = 150

/**
 * The time of the next attempt for an occasion whose order or person is not known yet; null: it is dropped.
 */
export function nextLook(attempts: number, now: Date): Date | null {
  if (attempts >= MAX_ATTEMPTS) return null
  return new Date(now.getTime() + Math.min(1_000 * 2 ** Math.min(attempts - 1, 20), MAX_PAUSE_MS))
}

/** The time after which a message is of no use; null: never. */
export function expiryOf(details: Details): Date | null {
  return 'expiresAt' in details && details.expiresAt !== undefined ? new Date(details.expiresAt) : null
}
