import { unreachable } from '@argyle/kit/decision'
import type { Saga, SagaEvent, SagaInput } from './saga.ts'

const NOTHING: readonly SagaEvent[] = []

/**
 * What follows from an input. Inputs come in any order and more than once; whatever a step does not wait for changes
 * nothing. `model.test.ts` goes through every state that this can lead to.
 */
export function decide({ stage }: Saga, input: SagaInput): readonly SagaEvent[] {
  if (input.type === 'TimedOut') return stage.step === 'DONE' ? NOTHING : [{ type: 'CommandRepeated' }]
  switch (stage.step) {
    case 'RESERVING':
      return whileReserving(input)
    case 'COMMITTING_STOCK':
      return whileCommitting(input)
    case 'RELEASING':
      return whileReleasing(stage.cancelReason, input)
    case 'DONE':
      return stage.status === 'CANCELLED' ? onceCancelled(input) : NOTHING
    default:
      return unreachable(stage)
  }
}

type Answer = Exclude<SagaInput, { type: 'TimedOut' }>

function whileReserving(input: Answer): readonly SagaEvent[] {
  switch (input.type) {
    case 'StockReserved':
      return [{ type: 'StockHeld', reservationId: input.reservationId }]
    case 'StockRejected':
    // The hold ran out before we heard of it. Inventory closes an order whose hold ran out, so asking again is no use.
    case 'ReservationExpired':
      return [{ type: 'OrderCancelled', reason: 'OUT_OF_STOCK' }]
    case 'CancelRequested':
      return [{ type: 'CancellationBegan', reason: input.reason, actor: input.actor }]
    case 'StockCommitted':
    case 'StockReleased':
      return NOTHING
    default:
      return unreachable(input)
  }
}

/** Past the pivot: a wish to cancel comes too late, since the commit may already have been carried out. */
function whileCommitting(input: Answer): readonly SagaEvent[] {
  switch (input.type) {
    case 'StockCommitted':
      return [{ type: 'OrderConfirmed' }]
    // Inventory's answer to a commit that came after the hold had run out; a committed reservation never expires.
    case 'ReservationExpired':
      return [{ type: 'OrderCancelled', reason: 'OUT_OF_STOCK' }]
    case 'StockReserved':
    case 'StockRejected':
    case 'StockReleased':
    case 'CancelRequested':
      return NOTHING
    default:
      return unreachable(input)
  }
}

function whileReleasing(
  reason: Extract<Saga['stage'], { step: 'RELEASING' }>['cancelReason'],
  input: Answer,
): readonly SagaEvent[] {
  switch (input.type) {
    case 'StockReleased':
    // Nothing was held, or nothing is any more; the release on its way closes the order at inventory for good.
    case 'StockRejected':
    case 'ReservationExpired':
      return [{ type: 'OrderCancelled', reason }]
    case 'StockReserved':
    case 'StockCommitted':
    case 'CancelRequested':
      return NOTHING
    default:
      return unreachable(input)
  }
}

/** A command that was sent twice may be carried out after the order was given up. */
function onceCancelled(input: Answer): readonly SagaEvent[] {
  return input.type === 'StockReserved' ? [{ type: 'StrayHoldFound' }] : NOTHING
}
