import type { Allotment, Shortage } from './allocation.ts'
import type { ReservationStatus } from './generated/prisma/enums.ts'
import type { LevelChange, StockLevel } from './stock-level.ts'

/** What inventory knows of an order's stock. `expiresAt` is null when nothing was ever held. */
export type Reservation = {
  readonly id: string
  readonly orderId: string
  readonly customerId: string | null
  readonly status: ReservationStatus
  readonly expiresAt: Date | null
  readonly shortages: readonly Shortage[] | null
  readonly version: number
}

/** A reservation that held something once: what the schema shows. */
export type HeldReservation = {
  readonly id: string
  readonly orderId: string
  readonly customerId: string | null
  readonly status: Exclude<ReservationStatus, 'REJECTED'>
  readonly expiresAt: Date
}

/** An order as the router hands it over: inventory only adds to it. */
export type OrderReference = { readonly id: string }

/** What orders ask for, and what the clock does by itself. */
export type Command = 'reserve' | 'commit' | 'release' | 'restock' | 'expire'

/** A status that held units come to, and what it is called in the ledger. */
export type Ending = 'COMMITTED' | 'RELEASED' | 'EXPIRED'

export type Verdict =
  /** Hold the units, or say what is missing. */
  | { readonly does: 'begin' }
  /** Nothing was held and nothing will be: a reserve that comes later finds the order closed. */
  | { readonly does: 'close' }
  | { readonly does: 'end'; readonly to: Ending }
  /** Put units that were sold back on the shelf, once per return. */
  | { readonly does: 'take back' }
  /** Nothing changes; the answer tells this state, since the one sent before may not have been understood. */
  | { readonly does: 'answer'; readonly as: ReservationStatus }
  /** It cannot be yet: what must come before is still on its way, or never was asked for. */
  | { readonly does: 'wait' }

const begin: Verdict = { does: 'begin' }
const close: Verdict = { does: 'close' }
const wait: Verdict = { does: 'wait' }
const takeBack: Verdict = { does: 'take back' }
const endAs = (to: Ending): Verdict => ({ does: 'end', to })
const answer = (as: ReservationStatus): Verdict => ({ does: 'answer', as })

/** Each command to a reservation that is settled is answered by where it stands. */
const settled = {
  COMMITTED: answer('COMMITTED'),
  RESTOCKED: answer('RESTOCKED'),
  RELEASED: answer('RELEASED'),
  EXPIRED: answer('EXPIRED'),
  REJECTED: answer('REJECTED'),
}

/**
 * Messages come in any order and more than once. Two guards matter: a release that overtakes its reserve closes the
 * order, or a cancelled order would hold stock for ever; and a release is answered RELEASED wherever nothing is held,
 * so that an order which waits for it is not left waiting.
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
  restock: { ...settled, NONE: wait, HELD: wait, COMMITTED: takeBack, RESTOCKED: takeBack },
  expire: { ...settled, NONE: wait, HELD: endAs('EXPIRED') },
}

/** What a command does to a reservation in this state; null: there is none. */
export function decide(status: ReservationStatus | null, command: Command): Verdict {
  return VERDICTS[command][status ?? 'NONE']
}

/** Promises the picked units to an order. */
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

/** What the end of a reservation does to the levels that it holds units of. */
export function end(orderId: string, held: readonly Allotment[], to: Ending): LevelChange[] {
  return held.map(({ level, quantity }) => ({
    before: level,
    after: ended(level, quantity, to),
    cause: { kind: to, orderId, actorId: null },
  }))
}
