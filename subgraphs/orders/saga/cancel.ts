import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type UserError, type VersionConflictError, versionConflict } from '@argyle/kit/user-errors'
import type { Actor, OrderStatus } from '../generated/prisma/enums.ts'
import { decide } from './decide.ts'
import type { CancelRequested } from './inputs.ts'
import type { Saga, SagaOrder } from './saga.ts'

export type NotCancellableError = UserError & {
  readonly __typename: 'NotCancellableError'
  readonly status: OrderStatus
}

/** The reason why an order in this state cannot be cancelled. */
function refusal(status: OrderStatus): string {
  if (status === 'PENDING' || status === 'AWAITING_PAYMENT')
    return `the order is ${status} and its payment is being captured: allowed is to cancel it once it is CONFIRMED`
  return `the order is ${status}: allowed is to cancel it before a parcel is dispatched`
}

/**
 * Checks a request to cancel. The state is checked before the version, since a new version would not make a
 * final state cancellable.
 */
export function requestCancel(
  order: SagaOrder,
  saga: Saga,
  { actor, expectedVersion }: { actor: Actor; expectedVersion: number },
): Decision<CancelRequested, NotCancellableError | VersionConflictError> {
  const input: CancelRequested = { type: 'CancelRequested', actor, reason: 'CUSTOMER_REQUEST' }
  if (decide(order, saga, input).length === 0) {
    const { status } = saga.stage
    return refuse({
      __typename: 'NotCancellableError',
      message: refusal(status),
      path: ['orderId'],
      status,
    })
  }
  if (saga.version !== expectedVersion) return refuse(versionConflict(expectedVersion, saga.version))
  return accept(input)
}
