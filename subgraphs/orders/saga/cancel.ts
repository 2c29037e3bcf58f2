import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type UserError, type VersionConflictError, versionConflict } from '@argyle/kit/user-errors'
import type { Actor, OrderStatus } from '../generated/prisma/enums.ts'
import { decide } from './decide.ts'
import type { Saga, SagaInput } from './saga.ts'

export type NotCancellableError = UserError & {
  readonly __typename: 'NotCancellableError'
  readonly status: OrderStatus
}

/**
 * Whether a wish to cancel may go to the saga. An order past the pivot, or already given up, is told so before its
 * version is looked at: reading it again would not help.
 */
export function requestCancel(
  saga: Saga,
  { actor, expectedVersion }: { actor: Actor; expectedVersion: number },
): Decision<SagaInput, NotCancellableError | VersionConflictError> {
  const input: SagaInput = { type: 'CancelRequested', actor, reason: 'CUSTOMER_REQUEST' }
  if (decide(saga, input).length === 0) {
    const { status } = saga.stage
    const message = `the order is ${status}: allowed is to cancel it only while its stock is not yet taken`
    return refuse({ __typename: 'NotCancellableError', message, path: ['orderId'], status })
  }
  if (saga.version !== expectedVersion) return refuse(versionConflict(expectedVersion, saga.version))
  return accept(input)
}
