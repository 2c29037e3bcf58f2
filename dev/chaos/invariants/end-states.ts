import type { Facts, OrderRow } from './order-facts.ts'
import { type Violation, violation } from './violation.ts'

const SOLD = new Set(['CONFIRMED', 'FULFILLING', 'SHIPPED', 'DELIVERED', 'REFUNDED'])
/** A reservation of a sold order is RESTOCKED when every unit of it came back. */
const TAKEN = new Set(['COMMITTED', 'RESTOCKED'])
/** Statuses of a reservation without units. An order without a reservation is equivalent. */
const LET_GO = new Set(['RELEASED', 'EXPIRED', 'REJECTED', 'RESTOCKED'])
const OPEN_AT_GATEWAY = new Set(['AUTHORIZED', 'REQUIRES_ACTION'])
/** Statuses of the parcels of a cancelled order. */
const HELD_BACK = new Set(['CANCELLED', 'FAILED', 'RETURNED'])

/** Invariants 2 and 3: an order that was sold has its money and its stock; one that was cancelled has neither. */
export function endStateViolations(facts: Facts): Violation[] {
  return facts.orders.flatMap((order) => {
    const problems = SOLD.has(order.status)
      ? ofSold(order, facts).map((text) => violation(2, order.id, text))
      : order.status === 'CANCELLED'
        ? ofCancelled(order, facts).map((text) => violation(3, order.id, text))
        : []
    return problems
  })
}

function ofSold({ id, status, isPaid, total, captured }: OrderRow, facts: Facts): string[] {
  const problems: string[] = []
  if (isPaid) {
    if (captured !== total) problems.push(`${status}: ${captured} of ${total} captured, as orders says`)
    const paid = facts.payments.get(id)?.captured ?? '0'
    if (paid !== total) problems.push(`${status}: ${paid} of ${total} captured, as payments says`)
  }
  const reservation = facts.reservations.get(id) ?? 'none'
  if (!TAKEN.has(reservation)) problems.push(`${status}: its reservation is ${reservation}`)
  return problems
}

/**
 * Whether money of a cancelled order is neither refunded nor left to staff because its refund failed after it
 * had succeeded.
 */
function isKept(captured: string, refunded: string, reversed: string): boolean {
  return BigInt(captured) > BigInt(refunded) + BigInt(reversed)
}

function ofCancelled({ id, captured, refunded, reversed }: OrderRow, facts: Facts): string[] {
  const problems: string[] = []
  if (isKept(captured, refunded, reversed))
    problems.push(`CANCELLED: ${captured} captured, ${refunded} refunded, as orders says`)
  const payment = facts.payments.get(id)
  if (payment && isKept(payment.captured, payment.refunded, payment.reversed))
    problems.push(`CANCELLED: ${payment.captured} captured, ${payment.refunded} refunded, as payments says`)
  for (const paid of facts.gateway.get(id) ?? []) {
    if (OPEN_AT_GATEWAY.has(paid.status))
      problems.push(`CANCELLED: ${paid.id} is ${paid.status} at the gateway`)
    if (isKept(paid.ledgerCaptured, paid.ledgerRefunded, paid.ledgerReversed))
      problems.push(
        `CANCELLED: the gateway's ledger has ${paid.ledgerCaptured} captured, ${paid.ledgerRefunded} refunded`,
      )
  }
  const reservation = facts.reservations.get(id)
  if (reservation && !LET_GO.has(reservation)) problems.push(`CANCELLED: its reservation is ${reservation}`)
  for (const shipment of facts.shipments.get(id) ?? []) {
    if (!HELD_BACK.has(shipment.status)) problems.push(`CANCELLED: ${shipment.id} is ${shipment.status}`)
    const live = (facts.labels.get(shipment.id) ?? []).filter(({ isVoided }) => !isVoided)
    for (const { status } of live)
      if (status !== 'FAILED' && status !== 'RETURNED')
        problems.push(`CANCELLED: a label of ${shipment.id} is ${status} at the carrier`)
  }
  return problems
}
