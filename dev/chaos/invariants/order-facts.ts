// Tested in ../chaos.services.test.ts: invariants hold between databases.

import type { Databases } from '../databases.ts'

export type OrderRow = {
  readonly id: string
  readonly number: string
  readonly status: string
  readonly step: string
  readonly version: number
  readonly currency: string
  readonly total: string
  readonly captured: string
  readonly refunded: string
  /** Refunds that failed after they had succeeded. Staff repeat them. */
  readonly reversed: string
  readonly isPaid: boolean
}
export type PaymentRow = {
  readonly id: string
  readonly orderId: string
  readonly status: string
  readonly pending: string | null
  readonly gatewayRef: string | null
  readonly currency: string | null
  readonly amount: string
  readonly authorized: string
  readonly captured: string
  readonly refunded: string
  readonly reversed: string
}
/** A payment at the gateway, with the sums of its ledger. */
export type GatewayRow = {
  readonly id: string
  readonly orderId: string
  readonly status: string
  readonly currency: string
  readonly amount: string
  readonly authorized: string
  readonly captured: string
  readonly refunded: string
  readonly ledgerAuthorized: string
  readonly ledgerCaptured: string
  readonly ledgerRefunded: string
  readonly ledgerReversed: string
  readonly voids: number
  readonly captures: number
}
export type ShipmentRow = { readonly id: string; readonly orderId: string; readonly status: string }
export type LabelRow = {
  readonly shipmentId: string
  readonly isVoided: boolean
  /** Status of the last scan that happened. */
  readonly status: string
}

/** A return whose units have arrived, as orders and as shipping have it; null: unknown there. */
export type ReturnRow = {
  readonly id: string
  readonly orderId: string
  readonly inOrders: ReturnState | null
  readonly inShipping: ReturnState | null
}
type ReturnState = { readonly isRefunded: boolean; readonly reversals: number }

/** The orders of a run, as all owners have them. */
export type Facts = {
  readonly orders: readonly OrderRow[]
  readonly payments: ReadonlyMap<string, PaymentRow>
  readonly gateway: ReadonlyMap<string, readonly GatewayRow[]>
  /** Status of each reservation, by order. */
  readonly reservations: ReadonlyMap<string, string>
  readonly shipments: ReadonlyMap<string, readonly ShipmentRow[]>
  /** By shipment. */
  readonly labels: ReadonlyMap<string, readonly LabelRow[]>
  readonly returns: readonly ReturnRow[]
}

const ORDERS = `
SELECT id, number, status::text, step::text, version, currency::text, total_minor::text AS total, captured_minor::text AS captured,
       refunded_minor::text AS refunded, reversed_minor::text AS reversed, payment_method_id IS NOT NULL AS "isPaid"
  FROM orders WHERE placed_at >= $1 ORDER BY placed_at`
const PAYMENTS = `
SELECT id, order_id AS "orderId", status::text, pending::text, gateway_ref AS "gatewayRef", currency, amount_minor::text AS amount,
       authorized_minor::text AS authorized, captured_minor::text AS captured, refunded_minor::text AS refunded,
       reversed_minor::text AS reversed
  FROM payment WHERE created_at >= $1`
const GATEWAY = `
SELECT p.id, p.reference AS "orderId", p.status, p.currency, p.amount_minor::text AS amount, p.authorized_minor::text AS authorized,
       p.captured_minor::text AS captured, p.refunded_minor::text AS refunded,
       coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'AUTHORIZE'), 0)::text AS "ledgerAuthorized",
       coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'CAPTURE'), 0)::text AS "ledgerCaptured",
       coalesce(sum(CASE e.kind WHEN 'REFUND' THEN e.amount_minor WHEN 'REFUND_FAILED' THEN -e.amount_minor END), 0)::text AS "ledgerRefunded",
       coalesce(sum(e.amount_minor) FILTER (WHERE e.kind = 'REFUND_FAILED'), 0)::text AS "ledgerReversed",
       count(*) FILTER (WHERE e.kind = 'VOID')::int AS voids, count(*) FILTER (WHERE e.kind = 'CAPTURE')::int AS captures
  FROM payment p LEFT JOIN entry e ON e.payment_id = p.id WHERE p.created_at >= $1 GROUP BY p.id`
const RESERVATIONS = `SELECT order_id AS "orderId", status::text FROM reservation WHERE created_at >= $1`
const SHIPMENTS = `SELECT id, order_id AS "orderId", status::text FROM shipment WHERE created_at >= $1`
const LABELS = `
SELECT reference AS "shipmentId", voided_at IS NOT NULL AS "isVoided",
       coalesce((SELECT status FROM scan WHERE label_id = label.id AND due_at <= now() ORDER BY position DESC LIMIT 1),
                'LABEL_CREATED') AS status
  FROM label WHERE refusal IS NULL AND created_at >= $1`
const CLAIMS = `
SELECT c.id, c.order_id AS "orderId", c.refunded AS "isRefunded", c.reversals
  FROM order_claim c JOIN orders o ON o.id = c.order_id WHERE c.kind = 'RETURN' AND o.placed_at >= $1`
const RETURNS = `
SELECT id, order_id AS "orderId", status = 'REFUNDED' AS "isRefunded", reversals
  FROM return_request WHERE status IN ('RECEIVED', 'REFUNDED') AND requested_at >= $1`

type KnownReturn = ReturnState & Pick<ReturnRow, 'id' | 'orderId'>

function returnsOf(claims: readonly KnownReturn[], returns: readonly KnownReturn[]): ReturnRow[] {
  const all = Map.groupBy([...claims, ...returns], ({ id }) => id)
  const stateIn = (rows: readonly KnownReturn[], of: string): ReturnState | null => {
    const row = rows.find(({ id }) => id === of)
    return row ? { isRefunded: row.isRefunded, reversals: row.reversals } : null
  }
  return [...all].map(([id, [row]]) => ({
    id,
    orderId: row?.orderId ?? '',
    inOrders: stateIn(claims, id),
    inShipping: stateIn(returns, id),
  }))
}

/** @param since when the run began. */
export async function readFacts({ rows }: Databases, since: Date): Promise<Facts> {
  const [orders, payments, gateway, reservations, shipments, labels, claims, returns] = await Promise.all([
    rows<OrderRow>('orders', ORDERS, [since]),
    rows<PaymentRow>('payments', PAYMENTS, [since]),
    rows<GatewayRow>('sandbox_gateway', GATEWAY, [since]),
    rows<{ orderId: string; status: string }>('inventory', RESERVATIONS, [since]),
    rows<ShipmentRow>('shipping', SHIPMENTS, [since]),
    rows<LabelRow>('carrier', LABELS, [since]),
    rows<KnownReturn>('orders', CLAIMS, [since]),
    rows<KnownReturn>('shipping', RETURNS, [since]),
  ])
  return {
    orders,
    payments: new Map(payments.map((payment) => [payment.orderId, payment])),
    gateway: Map.groupBy(gateway, ({ orderId }) => orderId),
    reservations: new Map(reservations.map(({ orderId, status }) => [orderId, status])),
    shipments: Map.groupBy(shipments, ({ orderId }) => orderId),
    labels: Map.groupBy(labels, ({ shipmentId }) => shipmentId),
    returns: returnsOf(claims, returns),
  }
}
