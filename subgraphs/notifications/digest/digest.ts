import type { Details } from '../occasion/occasion.ts'
import { afterQuietHours } from '../preference/quiet-hours.ts'

/** The time of day at which a person gets the digest. */
export type DigestTime = { readonly hour: number; readonly timeZone: string }

/** The hour of a digest until a person has chosen another. */
export const USUAL_HOUR = 8
const DAY_MINUTES = 1_440
const MINUTE_MS = 60_000

/** Kinds of digest items, with the roles that get them. */
const AUDIENCES = {
  LOW_STOCK: ['WAREHOUSE', 'MERCHANDISER', 'ADMIN'],
  TICKET_BREACHED: ['SUPPORT', 'ADMIN'],
  FAILED_REFUND: ['SUPPORT', 'ADMIN'],
  FAILED_JOB: ['ADMIN'],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type ItemKind = keyof typeof AUDIENCES
// The keys of the table.
export const ITEM_KINDS = Object.keys(AUDIENCES) as readonly ItemKind[]

/** The kinds of items in the digest of a member of staff with these roles. */
export function kindsFor(roles: readonly string[]): ItemKind[] {
  return ITEM_KINDS.filter((kind) => AUDIENCES[kind].some((role: string) => roles.includes(role)))
}

/**
 * The first whole minute after `now` at which the clocks of the zone show the hour. A day on which clocks
 * skip it has none.
 */
export function nextDigestAt({ hour, timeZone }: DigestTime, now: Date): Date {
  const nextMinute = new Date((Math.floor(now.getTime() / MINUTE_MS) + 1) * MINUTE_MS)
  const until = hour * 60
  return afterQuietHours({ from: (until + 1) % DAY_MINUTES, until, timeZone }, nextMinute)
}

export type Digest = Extract<Details, { kind: 'STAFF_DIGEST' }>

/** Maximum number of lines of each part of a digest. The number of all items is shown as well. */
export const MAX_LINES = 20

/** The items of one kind: their number, and the lines that are shown. */
export type Part<L> = { readonly count: number; readonly lines: readonly L[] }

/** The digest of these parts; null if all are empty. */
export function digestOf(parts: Omit<Digest, 'kind'>): Digest | null {
  const { lowStock, breaches, refunds, failures } = parts
  return lowStock.count + breaches.count + refunds.count + failures.count > 0
    ? { kind: 'STAFF_DIGEST', ...parts }
    : null
}
