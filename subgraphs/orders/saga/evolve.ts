import { unreachable } from '@argyle/kit/decision'
import type { Saga, SagaEvent, Stage } from './saga.ts'

/** The saga after an event. The version grows exactly when the public status changes. */
export function evolve(saga: Saga, event: SagaEvent): Saga {
  switch (event.type) {
    case 'StockHeld':
      return moved(saga, { status: 'PENDING', step: 'COMMITTING_STOCK', reservationId: event.reservationId })
    case 'OrderConfirmed':
      return moved(saga, { status: 'CONFIRMED', step: 'DONE' })
    case 'CancellationBegan':
      return moved(saga, { status: 'CANCELLING', step: 'RELEASING', cancelReason: event.reason })
    case 'OrderCancelled':
      return moved(saga, { status: 'CANCELLED', step: 'DONE', cancelReason: event.reason })
    case 'CommandRepeated':
      return { ...saga, attempts: saga.attempts + 1 }
    case 'StrayHoldFound':
      return saga
    default:
      return unreachable(event)
  }
}

function moved({ stage: before, version }: Saga, stage: Stage): Saga {
  return { stage, version: before.status === stage.status ? version : version + 1, attempts: 1 }
}
