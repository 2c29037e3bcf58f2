import type { Databases } from '../databases.ts'
import type { Facts, GatewayRow, PaymentRow } from './order-facts.ts'
import { type Violation, violation } from './violation.ts'

/** Orders whose total is not the sum of its parts, to the minor unit. */
const TOTALS = `
WITH sums AS (
  SELECT order_id, sum(unit_minor * quantity) AS lines, sum(discount_minor) AS discount, sum(tax_minor) AS tax
    FROM order_line GROUP BY 1)
SELECT id, subtotal_minor, discount_minor, shipping_minor, tax_minor, shipping_tax_minor, total_minor, sums.*
  FROM orders JOIN sums ON order_id = id
 WHERE placed_at >= $1
   AND (subtotal_minor <> lines OR discount_minor <> discount OR tax_minor <> tax + shipping_tax_minor
        OR total_minor <> lines - discount + shipping_minor + tax + shipping_tax_minor)`

/** Refunds by their state, compared with their payment. */
const REFUNDS = `
WITH sums AS (
  SELECT payment_id, coalesce(sum(amount_minor) FILTER (WHERE status = 'SUCCEEDED'), 0) AS refunded,
         coalesce(sum(amount_minor) FILTER (WHERE status <> 'FAILED'), 0) AS refunding
    FROM refund GROUP BY 1)
SELECT p.id, p.order_id, p.refunded_minor, p.refunding_minor, sums.refunded, sums.refunding
  FROM payment p LEFT JOIN sums ON sums.payment_id = p.id
 WHERE p.refunded_minor <> coalesce(sums.refunded, 0) OR p.refunding_minor <> coalesce(sums.refunding, 0)`

/** Years in which a number of an invoice is missing or given twice. */
const SERIALS = `
SELECT year, count(*) AS count, max(serial) AS last, count(DISTINCT serial) AS numbers
  FROM invoice WHERE serial IS NOT NULL GROUP BY 1
HAVING max(serial) <> count(*) OR count(DISTINCT serial) <> count(*)`

/** Invariants 4, 5 and 7: the money of an order is the same in every database, and was charged once. */
export async function moneyViolations({ rows }: Databases, facts: Facts, since: Date): Promise<Violation[]> {
  const [totals, refunds, serials] = await Promise.all([
    rows('orders', TOTALS, [since]),
    rows('payments', REFUNDS),
    rows('orders', SERIALS),
  ])
  const known = new Set(facts.orders.map(({ id }) => id))
  const strays = [...facts.gateway.keys(), ...facts.payments.keys()].filter((id) => !known.has(id))
  return [
    ...totals.map((row) =>
      violation(4, row.id, `the total is not the sum of its parts: ${JSON.stringify(row)}`),
    ),
    ...refunds.map((row) => violation(4, row.order_id, `refunds do not add up: ${JSON.stringify(row)}`)),
    ...serials.map((row) => violation(4, null, `invoice numbers have a gap: ${JSON.stringify(row)}`)),
    ...[...new Set(strays)].map((id) => violation(7, id, 'a payment of an order that does not exist')),
    ...facts.orders.flatMap((order) => {
      const payment = facts.payments.get(order.id)
      const paid = facts.gateway.get(order.id) ?? []
      const problems = [
        ...(payment ? bounds('payments', payment).map((text) => violation(4, order.id, text)) : []),
        ...paid.flatMap((row) => bounds('the gateway', row).map((text) => violation(4, order.id, text))),
        ...once(paid).map((text) => violation(5, order.id, text)),
        ...equal(order, payment, paid).map((text) => violation(7, order.id, text)),
      ]
      return problems
    }),
  ]
}

type Amounts = Pick<PaymentRow, 'amount' | 'authorized' | 'captured' | 'refunded'>

function bounds(owner: string, { amount, authorized, captured, refunded }: Amounts): string[] {
  const isOrdered = [refunded, captured, authorized, amount].every(
    (value, place, all) => place === 0 || BigInt(all[place - 1] ?? 0) <= BigInt(value),
  )
  return isOrdered
    ? []
    : [`${owner}: refunded ${refunded}, captured ${captured}, authorized ${authorized} of ${amount}`]
}

/** One payment per order at the gateway, captured once at most. */
function once(paid: readonly GatewayRow[]): string[] {
  const problems = paid
    .filter(({ captures, voids }) => captures > 1 || voids > 1)
    .map(({ id, captures, voids }) => {
      return `${id} was captured ${captures} and voided ${voids} times at the gateway`
    })
  return paid.length > 1 ? [...problems, `there are ${paid.length} payments at the gateway`] : problems
}

function equal(
  order: Facts['orders'][number],
  payment: PaymentRow | undefined,
  paid: readonly GatewayRow[],
): string[] {
  const problems: string[] = []
  const sum = (of: (row: GatewayRow) => string) =>
    String(paid.reduce((total, row) => total + BigInt(of(row)), 0n))
  const same = (what: string, sums: Record<string, string>) => {
    if (new Set(Object.values(sums)).size > 1) problems.push(`${what} differs: ${JSON.stringify(sums)}`)
  }
  same('what was captured', {
    orders: order.captured,
    payments: payment?.captured ?? '0',
    gateway: sum(({ captured }) => captured),
    ledger: sum(({ ledgerCaptured }) => ledgerCaptured),
  })
  same('what was refunded', {
    orders: order.refunded,
    payments: payment?.refunded ?? '0',
    gateway: sum(({ refunded }) => refunded),
    ledger: sum(({ ledgerRefunded }) => ledgerRefunded),
  })
  same('what was authorized at the gateway', {
    gateway: sum(({ authorized }) => authorized),
    ledger: sum(({ ledgerAuthorized }) => ledgerAuthorized),
  })
  // A tombstone has no currency.
  if (payment?.currency && payment.currency !== order.currency)
    problems.push(`paid in ${payment.currency}, ordered in ${order.currency}`)
  for (const { currency } of paid)
    if (currency !== order.currency) problems.push(`charged in ${currency}, ordered in ${order.currency}`)
  return problems
}
