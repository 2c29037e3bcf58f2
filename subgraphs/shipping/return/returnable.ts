// Tested in return.test.ts: returns and what may come back share examples.

import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type ValidationError, validationError } from '@argyle/kit/user-errors'
import { type NotReturnableError, type Return, type ReturnLine, unitsHeld } from './return.ts'

/** Units of an order line that were delivered in one parcel. */
export type DeliveredLine = {
  readonly orderLineId: string
  readonly variantId: string
  readonly quantity: number
  readonly warehouseId: string
  readonly deliveredAt: Date
}

export type WantedLine = { readonly orderLineId: string; readonly quantity: number }

const DAY_MS = 24 * 3_600_000

/**
 * The lines of a new return, or the errors. A line has at most the units delivered within the return period,
 * less those in other returns.
 * @param days return period after the delivery, in days
 */
export function returnLines(
  wanted: readonly WantedLine[],
  delivered: readonly DeliveredLine[],
  others: readonly Return[],
  { now, days }: { readonly now: Date; readonly days: number },
): Decision<ReturnLine[], NotReturnableError | ValidationError> {
  const since = now.getTime() - days * DAY_MS
  const errors: (NotReturnableError | ValidationError)[] = []
  const lines: ReturnLine[] = []
  for (const [index, { orderLineId, quantity }] of wanted.entries()) {
    const path = ['lines', String(index)]
    if (wanted.findIndex((line) => line.orderLineId === orderLineId) < index) {
      const message = `orderLineId is ${JSON.stringify(orderLineId)} twice: allowed is once`
      errors.push(validationError(message, [...path, 'orderLineId']))
      continue
    }
    const arrived = delivered.filter((line) => line.orderLineId === orderLineId)
    const inTime = arrived.filter(({ deliveredAt }) => deliveredAt.getTime() >= since)
    const held = heldOf(orderLineId, others)
    const units = Math.max(0, Math.min(unitsOf(inTime), unitsOf(arrived) - held))
    const [from] = inTime
    if (quantity > units || !from) {
      errors.push(
        notReturnable({ orderLineId, quantity }, { units, days, held, arrived: unitsOf(arrived) }, path),
      )
      continue
    }
    const { variantId, warehouseId } = from
    lines.push({ orderLineId, variantId, quantity, receivedQuantity: null, restock: null, warehouseId })
  }
  return errors.length > 0 ? refuse(...errors) : accept(lines)
}

const unitsOf = (lines: readonly { readonly quantity: number }[]) =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0)

function heldOf(orderLineId: string, returns: readonly Return[]): number {
  return returns.reduce((sum, { status, lines }) => {
    const own = lines.filter((line) => line.orderLineId === orderLineId)
    return sum + own.reduce((units, line) => units + unitsHeld(status, line), 0)
  }, 0)
}

type Why = {
  readonly units: number
  readonly days: number
  readonly held: number
  readonly arrived: number
}

function notReturnable(
  { orderLineId, quantity }: WantedLine,
  { units, days, held, arrived }: Why,
  path: readonly string[],
): NotReturnableError {
  const found = `${arrived} of line ${JSON.stringify(orderLineId)} were delivered, ${held} are in other returns`
  const message = `quantity is ${quantity}, but ${found}, and units can be returned for ${days} days: allowed is up to ${units}`
  return {
    __typename: 'NotReturnableError',
    message,
    path: [...path, 'quantity'],
    returnableQuantity: units,
  }
}
