import { accept, type Decision, refuse } from '@argyle/kit/decision'
import {
  type UserError,
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'
import type { ReturnStatus } from '../generated/prisma/enums.ts'

export type ReturnLine = {
  readonly orderLineId: string
  readonly variantId: string
  readonly quantity: number
  readonly receivedQuantity: number | null
  readonly restock: boolean | null
  /** Code of the warehouse that sent or received the units. */
  readonly warehouseId: string
}

/** Units of an order that are returned. */
export type Return = {
  readonly id: string
  readonly orderId: string
  readonly customerId: string | null
  readonly status: ReturnStatus
  readonly version: number
  readonly reason: string | null
  readonly rejection: string | null
  /** Number of refunds of the return that failed afterwards, as far as orders has reported them. */
  readonly reversals: number
  readonly requestedAt: Date
  readonly updatedAt: Date
  readonly lines: readonly ReturnLine[]
}

export type ReturnStatusError = UserError & {
  readonly __typename: 'ReturnStatusError'
  readonly status: ReturnStatus
}

export type NotReturnableError = UserError & {
  readonly __typename: 'NotReturnableError'
  readonly returnableQuantity: number
}

export type ReceivedLine = {
  readonly orderLineId: string
  readonly quantity: number
  readonly restock: boolean
  readonly warehouseId?: string | null | undefined
}

/** The commands of a return. */
export type ReturnCommand =
  | { readonly type: 'approve' }
  | { readonly type: 'reject'; readonly rejection: string }
  | { readonly type: 'cancel' }
  | { readonly type: 'receive'; readonly lines: readonly ReceivedLine[] }

/** The statuses in which a command is allowed, and the status after it. */
const STEPS: Record<
  ReturnCommand['type'],
  { readonly from: readonly ReturnStatus[]; readonly to: ReturnStatus }
> = {
  approve: { from: ['REQUESTED'], to: 'APPROVED' },
  reject: { from: ['REQUESTED', 'APPROVED'], to: 'REJECTED' },
  cancel: { from: ['REQUESTED', 'APPROVED'], to: 'CANCELLED' },
  receive: { from: ['APPROVED'], to: 'RECEIVED' },
}

function wrongStatus({ id, status }: Return, allowed: readonly ReturnStatus[]): ReturnStatusError {
  const message = `return ${JSON.stringify(id)} is ${status}: allowed is one that is ${allowed.join(' or ')}`
  return { __typename: 'ReturnStatusError', message, path: ['id'], status }
}

/** Facts about a return. `evolve` increments the version. */
export function decide(
  state: Return,
  command: ReturnCommand,
): Decision<ReturnCommand, ReturnStatusError | ValidationError> {
  const { from } = STEPS[command.type]
  if (!from.includes(state.status)) return refuse(wrongStatus(state, from))
  const errors = command.type === 'receive' ? receiptFaults(state, command.lines) : []
  return errors.length > 0 ? refuse(...errors) : accept(command)
}

/** The return after an accepted command. */
export function evolve(state: Return, command: ReturnCommand, now: Date): Return {
  const { to } = STEPS[command.type]
  const after = { ...state, status: to, version: state.version + 1, updatedAt: now }
  if (command.type === 'reject') return { ...after, rejection: command.rejection }
  return command.type === 'receive' ? { ...after, lines: received(state, command.lines) } : after
}

/** A report of orders: the return is refunded, or its refund failed afterwards. */
export type RefundReport = { readonly isRefunded: boolean; readonly reversals: number }

/**
 * A received return after a report, null if the report is outdated or repeated. Reports come in any order. Among those with the same
 * number of reversals, the one of the refund is the latest: it was made after the failure.
 */
export function afterReport(
  state: Return,
  { isRefunded, reversals }: RefundReport,
  now: Date,
): Return | null {
  const { status: before, version } = state
  if (before !== 'RECEIVED' && before !== 'REFUNDED') return null
  if (reversals < state.reversals || (!isRefunded && reversals === state.reversals)) return null
  const status = isRefunded ? 'REFUNDED' : 'RECEIVED'
  if (status === before) return reversals === state.reversals ? null : { ...state, reversals }
  return { ...state, status, reversals, version: version + 1, updatedAt: now }
}

/** Decides a command of a caller who has read `expectedVersion`. */
export function decideVersioned(
  state: Return,
  expectedVersion: number,
  command: ReturnCommand,
): Decision<ReturnCommand, ReturnStatusError | VersionConflictError | ValidationError> {
  if (state.version !== expectedVersion) return refuse(versionConflict(expectedVersion, state.version))
  return decide(state, command)
}

function receiptFaults({ lines }: Return, came: readonly ReceivedLine[]): ValidationError[] {
  const faults = came.flatMap(({ orderLineId, quantity }, index): ValidationError[] => {
    const line = lines.find((candidate) => candidate.orderLineId === orderLineId)
    const path = ['lines', String(index)]
    const id = JSON.stringify(orderLineId)
    if (!line)
      return [
        validationError(`orderLineId is ${id}: allowed is a line of this return`, [...path, 'orderLineId']),
      ]
    if (came.findIndex((other) => other.orderLineId === orderLineId) < index)
      return [validationError(`orderLineId is ${id} twice: allowed is once`, [...path, 'orderLineId'])]
    if (quantity > line.quantity)
      return [
        validationError(`quantity is ${quantity}: allowed is 0 to ${line.quantity}`, [...path, 'quantity']),
      ]
    return []
  })
  if (faults.length > 0 || came.some(({ quantity }) => quantity > 0)) return faults
  const message = 'lines has no unit: allowed is at least one; reject a return of which nothing was received'
  return [validationError(message, ['lines'])]
}

function received({ lines }: Return, came: readonly ReceivedLine[]): ReturnLine[] {
  return lines.map((line) => {
    const arrival = came.find(({ orderLineId }) => orderLineId === line.orderLineId)
    return {
      ...line,
      receivedQuantity: arrival?.quantity ?? 0,
      restock: arrival?.restock ?? false,
      warehouseId: arrival?.warehouseId ?? line.warehouseId,
    }
  })
}

/** Units of a line in a return that is under way or received. */
export function unitsHeld(status: ReturnStatus, line: ReturnLine): number {
  if (status === 'REJECTED' || status === 'CANCELLED') return 0
  return line.receivedQuantity ?? line.quantity
}
