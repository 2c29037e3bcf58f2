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

/** Why a wish to cancel comes to nothing in this state. */
function refusal(status: OrderStatus): string {
  if (status === 'PENDING' || status === 'AWAITING_PAYMENT')
    return `the order is ${status} and is just being paid and taken from stock: allowed is to cancel it in a moment, when it is CONFIRMED`
  return `the order is ${status}: allowed is to cancel it as long as no parcel has left`
}

/**
 * Whether a wish to cancel may go to the saga. An order that cannot be cancelled is told so before its version is looked
 * at: reading it again would not help.
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
