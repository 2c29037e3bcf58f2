import type { Shortage } from '../cart/merge.ts'
import type { Actor, CancelReason, OrderStatus } from '../generated/prisma/enums.ts'

/**
 * Where an order's saga stands: the public status and the private step that goes with it, as one union, so that no
 * other pair can be written. Payments will put AUTHORIZING (status AWAITING_PAYMENT) between RESERVING and
 * COMMITTING_STOCK, and CAPTURING (still AWAITING_PAYMENT) between COMMITTING_STOCK and DONE: two members here, their
 * cases in `decide`, and two values of the database's enum.
 */
export type Stage =
  | { readonly status: 'PENDING'; readonly step: 'RESERVING' }
  /** The pivot: from here on the order can only go forward. */
  | { readonly status: 'PENDING'; readonly step: 'COMMITTING_STOCK'; readonly reservationId: string }
  | { readonly status: 'CANCELLING'; readonly step: 'RELEASING'; readonly cancelReason: CancelReason }
  | { readonly status: 'CANCELLED'; readonly step: 'DONE'; readonly cancelReason: CancelReason }
  | {
      readonly status: Exclude<OrderStatus, 'PENDING' | 'CANCELLING' | 'CANCELLED'>
      readonly step: 'DONE'
    }

export type Saga = {
  readonly stage: Stage
  /** Grows by one with each change of status. */
  readonly version: number
  /** How often the command of this step has been sent. */
  readonly attempts: number
}

/** What can happen to a saga: an answer of inventory, a wish of the customer, or nothing for too long. */
export type SagaInput =
  | { readonly type: 'StockReserved'; readonly reservationId: string }
  | { readonly type: 'StockRejected'; readonly shortages: readonly Shortage[] }
  | { readonly type: 'StockCommitted' }
  | { readonly type: 'StockReleased' }
  | { readonly type: 'ReservationExpired' }
  | { readonly type: 'CancelRequested'; readonly actor: Actor; readonly reason: CancelReason }
  | { readonly type: 'TimedOut' }

/** What a saga decides. Each says all that `evolve` needs. */
export type SagaEvent =
  | { readonly type: 'StockHeld'; readonly reservationId: string }
  | { readonly type: 'OrderConfirmed' }
  | { readonly type: 'CancellationBegan'; readonly reason: CancelReason; readonly actor: Actor }
  | { readonly type: 'OrderCancelled'; readonly reason: CancelReason }
  /** Inventory answered nothing in time: the command goes out again. */
  | { readonly type: 'CommandRepeated' }
  /** Stock was held for an order that no longer wants it: it goes back. */
  | { readonly type: 'StrayHoldFound' }

/** The saga of an order that was just placed. Its first command is `inventory.reserve`. */
export const placed: Saga = { stage: { status: 'PENDING', step: 'RESERVING' }, version: 1, attempts: 1 }
