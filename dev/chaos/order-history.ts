// Tested in chaos.services.test.ts: it is read from databases.

import type { Databases } from './databases.ts'

type Entry = { readonly at: Date; readonly text: string }

type Source = { readonly database: string; readonly sql: string }

/** Statements for all records about an order, each with its time. */
const SOURCES: readonly Source[] = [
  {
    database: 'orders',
    sql: `SELECT at, concat('orders: ', from_status, ' → ', to_status, ' (version ', version, ', ', actor, ')') AS text
            FROM order_status_change WHERE order_id = $1`,
  },
  {
    database: 'orders',
    sql: `SELECT at, concat('orders: "', text, '"') AS text FROM order_step WHERE order_id = $1`,
  },
  {
    database: 'inventory',
    sql: `SELECT at, concat('inventory: ', kind, ' on hand ', on_hand_delta, ', reserved ', reserved_delta, ' of ', stock_level_id) AS text
            FROM stock_movement WHERE order_id = $1`,
  },
  {
    database: 'payments',
    sql: `SELECT c.created_at AS at, concat('payments: call ', c.kind, ' ', c.id, ', attempts ', c.attempts, ', done ', c.done_at, ', ', c.last_error) AS text
            FROM gateway_call c JOIN payment p ON p.id = c.payment_id WHERE p.order_id = $1`,
  },
  {
    database: 'payments',
    sql: `SELECT r.created_at AS at, concat('payments: refund ', r.key, ' of ', r.amount_minor, ' ', r.status, ', ', r.failure_code) AS text
            FROM refund r JOIN payment p ON p.id = r.payment_id WHERE p.order_id = $1`,
  },
  {
    database: 'sandbox_gateway',
    sql: `SELECT e.at, concat('gateway: ', e.kind, ' ', e.amount_minor, ' of ', e.payment_id) AS text
            FROM entry e JOIN payment p ON p.id = e.payment_id WHERE p.reference = $1`,
  },
  {
    database: 'shipping',
    sql: `SELECT created_at AS at, concat('shipping: ', id, ' is ', status, ', label ', label, ' attempt ', attempt, ', failures ', failures, ', ', last_error) AS text
            FROM shipment WHERE order_id = $1`,
  },
  {
    database: 'shipping',
    sql: `SELECT e.at, concat('carrier told: ', e.status, ' of ', e.shipment_id) AS text
            FROM tracking_event e JOIN shipment s ON s.id = e.shipment_id WHERE s.order_id = $1`,
  },
  {
    database: 'shipping',
    sql: `SELECT requested_at AS at, concat('shipping: return ', id, ' is ', status) AS text FROM return_request WHERE order_id = $1`,
  },
]

const MESSAGES = `
SELECT time AS at, concat('message ', type, ' ', id, ' sequence ', sequence, ', published ', published_at, ', attempts ', attempts,
                          ' ', left(data::text, 300)) AS text
  FROM outbox_message WHERE subject = $1 OR data->>'orderId' = $1`
const SENDERS = ['orders', 'inventory', 'payments', 'shipping']

const STATES: readonly Source[] = [
  { database: 'orders', sql: 'SELECT row_to_json(o) AS text FROM orders o WHERE id = $1' },
  { database: 'orders', sql: 'SELECT row_to_json(c) AS text FROM order_claim c WHERE order_id = $1' },
  { database: 'orders', sql: 'SELECT row_to_json(p) AS text FROM order_parcel p WHERE order_id = $1' },
  { database: 'payments', sql: 'SELECT row_to_json(p) AS text FROM payment p WHERE order_id = $1' },
  {
    database: 'sandbox_gateway',
    sql: "SELECT row_to_json(p)::jsonb || jsonb_build_object('behaviour', s.behaviour) AS text FROM payment p JOIN source s ON s.id = p.source_id WHERE reference = $1",
  },
  { database: 'inventory', sql: 'SELECT row_to_json(r) AS text FROM reservation r WHERE order_id = $1' },
  { database: 'shipping', sql: 'SELECT row_to_json(f) AS text FROM fulfilment f WHERE order_id = $1' },
]

/**
 * The whole history of an order, from every owner, in the order of time, then its current state. One line per
 * entry.
 */
export async function historyOf({ rows }: Databases, orderId: string): Promise<string[]> {
  const sources = [...SOURCES, ...SENDERS.map((database) => ({ database, sql: MESSAGES }))]
  const entries = await Promise.all(sources.map(({ database, sql }) => rows<Entry>(database, sql, [orderId])))
  const shipments = await rows<{ id: string }>('shipping', 'SELECT id FROM shipment WHERE order_id = $1', [
    orderId,
  ])
  const labels = await rows<Entry>(
    'carrier',
    `SELECT created_at AS at, concat('carrier: label ', id, ' ', key, ' ', behaviour, ', refused ', refusal, ', voided ', voided_at) AS text
       FROM label WHERE reference = ANY ($1)`,
    [shipments.map(({ id }) => id)],
  )
  const states = await Promise.all(
    STATES.map(async ({ database, sql }) => {
      const found = await rows<{ text: unknown }>(database, sql, [orderId])
      return found.map(({ text }) => `now in ${database}: ${JSON.stringify(text)}`)
    }),
  )
  const timeline = [...entries.flat(), ...labels].sort((one, other) => one.at.getTime() - other.at.getTime())
  return [...timeline.map(({ at, text }) => `${at.toISOString().slice(11, 23)}  ${text}`), ...states.flat()]
}
