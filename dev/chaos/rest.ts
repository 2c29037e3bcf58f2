// Tested in chaos.services.test.ts: the check needs running processes.

import { setTimeout as pause } from 'node:timers/promises'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import type { Databases } from './databases.ts'
import { type Violation, violation } from './invariants/violation.ts'
import type { World } from './world.ts'

/** Unfinished work of one kind. */
type Unrest = { readonly orderId: string | null; readonly text: string }

type Question = { readonly database: string; readonly what: string; readonly sql: string }

/** Each statement returns the orders with unfinished work. */
const QUESTIONS: readonly Question[] = [
  {
    database: 'orders',
    what: 'order is under way',
    // A cancelled order whose refund is left to staff is at rest.
    sql: `SELECT id AS "orderId", concat(status, ' ', step, ', due ', due_at) AS detail FROM orders
           WHERE step <> 'DONE' AND NOT (step = 'UNDOING' AND undo_stock IS NULL AND refund_try > 20) AND placed_at >= $1`,
  },
  {
    database: 'orders',
    what: 'claim is open',
    sql: `SELECT order_id AS "orderId", concat(c.id, ' refunded ', refunded, ' restocked ', restocked) AS detail
            FROM order_claim c JOIN orders o ON o.id = c.order_id WHERE NOT ((refunded OR c.refund_try > 20) AND restocked) AND placed_at >= $1`,
  },
  {
    database: 'payments',
    what: 'payment is under way',
    sql: `SELECT order_id AS "orderId", concat(status, ' ', pending) AS detail FROM payment
           WHERE created_at >= $1 AND (pending IS NOT NULL OR status IN ('PROCESSING', 'UNKNOWN', 'VOID_PENDING', 'REQUIRES_ACTION'))`,
  },
  {
    database: 'payments',
    what: 'call to the gateway is open',
    sql: `SELECT p.order_id AS "orderId", concat(c.kind, ', attempts ', c.attempts, ', due ', c.due_at, ', ', c.last_error) AS detail
            FROM gateway_call c JOIN payment p ON p.id = c.payment_id WHERE c.done_at IS NULL AND c.created_at >= $1`,
  },
  {
    database: 'payments',
    what: 'refund is under way',
    sql: `SELECT p.order_id AS "orderId", r.key AS detail FROM refund r JOIN payment p ON p.id = r.payment_id
           WHERE r.status = 'PENDING' AND r.created_at >= $1`,
  },
  {
    database: 'sandbox_gateway',
    what: 'refund is about to fail',
    sql: `SELECT p.reference AS "orderId", r.key AS detail FROM refund r JOIN payment p ON p.id = r.payment_id
           WHERE r.fails_at IS NOT NULL AND p.created_at >= $1
             AND (r.failed_at IS NULL OR EXISTS (SELECT 1 FROM webhook w WHERE w.payment_id = p.id AND w.type = 'payment.refund_failed'
                                                    AND w.delivered_at IS NULL AND w.attempts < 12))`,
  },
  {
    database: 'inventory',
    what: 'stock is held',
    sql: `SELECT order_id AS "orderId", id AS detail FROM reservation WHERE status = 'HELD' AND created_at >= $1`,
  },
  {
    database: 'shipping',
    what: 'parcel is under way',
    sql: `SELECT order_id AS "orderId", concat(id, ' ', status, ' ', label, ', call at ', call_at, ', ', last_error) AS detail FROM shipment
           WHERE created_at >= $1 AND (call_at IS NOT NULL OR status IN ('PENDING', 'LABEL_CREATED', 'IN_TRANSIT'))`,
  },
  {
    database: 'shipping',
    what: 'return is not paid back',
    // A return whose refund failed afterwards waits for staff.
    sql: `SELECT order_id AS "orderId", id AS detail FROM return_request
           WHERE status = 'RECEIVED' AND reversals = 0 AND requested_at >= $1`,
  },
]

const UNPUBLISHED = `
SELECT subject AS "orderId", concat(type, ', attempts ', attempts, ', ', last_error) AS detail FROM outbox_message
 WHERE published_at IS NULL AND time >= $1`

type Detail = { readonly orderId: string | null; readonly detail: string | null }

async function unrestOf({ rows }: Databases, since: Date): Promise<Unrest[]> {
  const unpublished = SUBGRAPH_NAMES.map((database) => ({
    database,
    what: 'message is not published',
    sql: UNPUBLISHED,
  }))
  const found = await Promise.all(
    [...QUESTIONS, ...unpublished].map(async ({ database, what, sql }) => {
      const open = await rows<Detail>(database, sql, [since])
      return open.map(({ orderId, detail }) => ({ orderId, text: `${what} in ${database}: ${detail}` }))
    }),
  )
  return found.flat()
}

const LOOK_MS = 500
/** Number of consecutive looks without unfinished work after which the shop is at rest. */
const QUIET_LOOKS = 3

/**
 * Waits until no work is left: invariant 6.
 * @returns a violation for each unfinished piece of work at the end of the wait
 */
export async function untilRest(
  { databases, broker }: World,
  { since, limitMs, onProgress }: { since: Date; limitMs: number; onProgress: (line: string) => void },
): Promise<Violation[]> {
  const start = performance.now()
  let quiet = 0
  let reportedAt = 0
  for (;;) {
    // An unavailable server does not count as rest.
    const [unrest, waiting] = await Promise.all([
      unrestOf(databases, since).catch((error) => [{ orderId: null, text: `no answer: ${String(error)}` }]),
      broker.waiting().catch((error) => [`no answer: ${String(error)}`]),
    ])
    quiet = unrest.length + waiting.length === 0 ? quiet + 1 : 0
    if (quiet >= QUIET_LOOKS) return []
    const waited = performance.now() - start
    if (waited > limitMs)
      return [
        ...unrest.map(({ orderId, text }) => violation(6, orderId, `after ${limitMs / 1_000} s: ${text}`)),
        ...waiting.map((text) =>
          violation(6, null, `after ${limitMs / 1_000} s, messages are not handled: ${text}`),
        ),
      ]
    if (waited - reportedAt > 10_000) {
      reportedAt = waited
      onProgress(
        `waiting for rest: ${summary(unrest)}${waiting.length > 0 ? `; messages of ${waiting.join(', ')}` : ''}`,
      )
    }
    await pause(LOOK_MS)
  }
}

function summary(unrest: readonly Unrest[]): string {
  const kinds = Map.groupBy(unrest, ({ text }) => text.split(':')[0] ?? '')
  return [...kinds].map(([kind, all]) => `${all.length} × ${kind}`).join(', ')
}
