import { unreachable } from '@argyle/kit/decision'
import type { NewEvent } from '@argyle/kit/envelope'
import type { Saga, SagaEvent } from './saga.ts'

/** What the saga must know of its order to speak of it. */
export type SagaOrder = {
  readonly id: string
  readonly number: string
  readonly customerId: string
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[]
}

/** How long inventory holds stock for an order that nobody settles. Longer than payments will give a customer. */
const HOLD_SECONDS = 15 * 60
const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 5 * 60_000

/** When the saga acts of itself, if nothing happens before: 30 s after its command, then ever rarer. */
export function dueAt({ stage, attempts }: Saga, now: Date): Date | null {
  if (stage.step === 'DONE') return null
  return new Date(now.getTime() + Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS))
}

/** The commands and events that go out with an event. `saga` is the saga after it. */
export function messagesOf(order: SagaOrder, saga: Saga, event: SagaEvent): readonly NewEvent[] {
  const { id: subject, number, customerId } = order
  const about = { subject, sequence: saga.version }
  const identity = { orderId: subject, number, customerId }
  switch (event.type) {
    case 'StockHeld':
    case 'CommandRepeated':
    case 'CancellationBegan':
      return commandOf(order, saga)
    case 'StrayHoldFound':
      return [{ type: 'inventory.release', ...about, data: { orderId: subject } }]
    case 'OrderConfirmed':
      return [{ type: 'orders.order.confirmed', ...about, data: identity }]
    case 'OrderCancelled':
      return [{ type: 'orders.order.cancelled', ...about, data: { ...identity, reason: event.reason } }]
    default:
      return unreachable(event)
  }
}

/** The command whose answer the saga's step waits for. */
export function commandOf({ id: orderId, customerId, lines }: SagaOrder, saga: Saga): readonly NewEvent[] {
  const about = { subject: orderId, sequence: saga.version }
  const { stage } = saga
  switch (stage.step) {
    case 'RESERVING': {
      const wanted = lines.map(({ variantId, quantity }) => ({ variantId, quantity }))
      const data = { orderId, customerId, ttlSeconds: HOLD_SECONDS, lines: wanted }
      return [{ type: 'inventory.reserve', ...about, data }]
    }
    case 'COMMITTING_STOCK':
      return [{ type: 'inventory.commit', ...about, data: { orderId } }]
    case 'RELEASING':
      return [{ type: 'inventory.release', ...about, data: { orderId } }]
    case 'DONE':
      return []
    default:
      return unreachable(stage)
  }
}
