import type { Allotment, Shortage } from './allocation.ts'
import type { ReservationStatus } from './generated/prisma/enums.ts'
import type { LevelChange, StockLevel } from './stock-level.ts'

/** The reservation of an order. `expiresAt` is null if it never held units. */
export type Reservation = {
  readonly id: string
  readonly orderId: string
  readonly customerId: string | null
  readonly status: ReservationStatus
  readonly expiresAt: Date | null
  readonly shortages: readonly Shortage[] | null
  readonly version: number
}

/** A reservation that held units at some time, as the schema shows it. */
export type HeldReservation = {
  readonly id: string
  readonly orderId: string
  readonly customerId: string | null
  readonly status: Exclude<ReservationStatus, 'REJECTED'>
  readonly expiresAt: Date
}

/** A reference to an order. */
export type OrderReference = { readonly id: string }

/** Commands of orders, and the timeout. */
export type Command = 'reserve' | 'commit' | 'release' | 'restock' | 'expire'

/** The final statuses of held units, with their kind of ledger entry. */
export type Ending = 'COMMITTED' | 'RELEASED' | 'EXPIRED'

export type Verdict =
  /** Reserve the units, or report the shortages. */
  | { readonly does: 'begin' }
  /** Nothing was reserved: close the order, so that a later reserve is refused. */
  | { readonly does: 'close' }
  | { readonly does: 'end'; readonly to: Ending }
  /** Restock sold units, once per return. */
  | { readonly does: 'take back' }
  /** Nothing changes. Answer with the current state, since the first answer may be lost. */
  | { readonly does: 'answer'; readonly as: ReservationStatus }
  /** Not yet: the preceding command has not arrived, or was never sent. */
  | { readonly does: 'wait' }

const begin: Verdict = { does: 'begin' }
const close: Verdict = { does: 'close' }
const wait: Verdict = { does: 'wait' }
const returnUnits: Verdict = { does: 'take back' }
const endAs = (to: Ending): Verdict => ({ does: 'end', to })
const answer = (as: ReservationStatus): Verdict => ({ does: 'answer', as })

/** Each command to a settled reservation is answered with its state. */
const settled = {
  COMMITTED: answer('COMMITTED'),
  RESTOCKED: answer('RESTOCKED'),
  RELEASED: answer('RELEASED'),
  EXPIRED: answer('EXPIRED'),
  REJECTED: answer('REJECTED'),
}

/**
 * Messages arrive in any order and more than once. Two guards matter. A release that arrives before its
 * reserve closes the order, since a cancelled order would otherwise hold stock forever. A release is answered
 * RELEASED whenever nothing is reserved, so that the order does not wait forever.
 */
const VERDICTS: Record<Command, Record<ReservationStatus | 'NONE', Verdict>> = {
  reserve: { ...settled, NONE: begin, HELD: answer('HELD') },
  commit: { ...settled, NONE: wait, HELD: endAs('COMMITTED') },
  release: {
    ...settled,
    NONE: close,
    HELD: endAs('RELEASED'),
    EXPIRED: answer('RELEASED'),
    REJECTED: answer('RELEASED'),
  },
  restock: { ...settled, NONE: wait, HELD: wait, COMMITTED: returnUnits, RESTOCKED: returnUnits },
  expire: { ...settled, NONE: wait, HELD: endAs('EXPIRED') },
}

/** The verdict on a command in this state. @param reservation null if there is none */
export function decide(status: ReservationStatus | null, command: Command): Verdict {
  return VERDICTS[command][status ?? 'NONE']
}

/** Reserves the allotted units for an order. */
export function hold(orderId: string, allotments: readonly Allotment[]): LevelChange[] {
  return allotments.map(({ level, quantity }) => ({
    before: level,
    after: { ...level, reserved: level.reserved + quantity },
    cause: { kind: 'RESERVED', orderId, actorId: null },
  }))
}

function ended(level: StockLevel, quantity: number, to: Ending): StockLevel {
  switch (to) {
    case 'COMMITTED':
      return { ...level, onHand: level.onHand - quantity, reserved: level.reserved - quantity }
    case 'RELEASED':
    case 'EXPIRED':
      return { ...level, reserved: level.reserved - quantity }
  }
}

/** The changes of the levels when a reservation ends. */
export function end(orderId: string, held: readonly Allotment[], to: Ending): LevelChange[] {
  return held.map(({ level, quantity }) => ({
    before: level,
    after: ended(level, quantity, to),
    cause: { kind: to, orderId, actorId: null },
  }))
}
