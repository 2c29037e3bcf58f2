// Tested in ../courier.int.test.ts: webhooks are tested where they arrive.

import { exchange } from '@argyle/kit/exchange'
import type { ClientBase, Pool } from 'pg'
import { SIGNATURE_HEADER } from '../carrier/webhook-route.ts'
import { webhookSignature } from '../carrier/webhook-signature.ts'
import type { Behaviour } from './behaviour.ts'
import type { Faults } from './faults.ts'

/** Maximum number of concurrent deliveries, and the timeout of one. */
const AT_ONCE = 16
const DELIVERY_MS = 5_000
/** Maximum size of the shop's answer in bytes; it is empty or an error. */
const MAX_ANSWER_BYTES = 64 * 1_024
const MAX_ATTEMPTS = 12
const POLL_MS = 1_000
const LATE_SECONDS = 20

/** A number from 0 up to, not including, 1, derived from the tracking event and the seed. */
const drawOf = (purpose: string) =>
  `(hashtextextended(concat(scan.label_id, ' ', scan.position, ' ${purpose}'), $7::bigint) & 4294967295) / 4294967296.0`

/**
 * One webhook for each tracking event except the label's own. The behaviour of the parcel determines whether
 * and when it is sent.
 */
const NOTE = `
INSERT INTO webhook (label_id, due_at)
SELECT scan.label_id, scan.due_at + make_interval(secs => CASE WHEN drawn.late < $3 THEN $5::int
                                                               WHEN $6 AND scan.position % 2 = 1 THEN $5::int ELSE 0 END)
  FROM scan
 CROSS JOIN LATERAL (SELECT ${drawOf('none')} AS none, ${drawOf('twice')} AS twice, ${drawOf('late')} AS late) AS drawn
 CROSS JOIN LATERAL generate_series(1, CASE WHEN drawn.twice < $4 THEN 2 ELSE 1 END)
 WHERE scan.label_id = $1 AND scan.position > 0 AND drawn.none >= $2`

/** Schedules the webhooks of a new label's journey. */
export async function noteWebhooks(
  client: ClientBase,
  labelId: string,
  behaviour: Behaviour,
  { webhookNone, webhookTwice, webhookLate, lateSeconds, seed = 0 }: Faults,
): Promise<void> {
  if (behaviour === 'silent') return
  const twice = behaviour === 'twice' ? 1 : webhookTwice
  const late = behaviour === 'late' ? 1 : webhookLate
  const seconds = behaviour === 'late' || behaviour === 'reordered' ? LATE_SECONDS : lateSeconds
  const values = [labelId, webhookNone, late, twice, seconds, behaviour === 'reordered', seed]
  await client.query(NOTE, values)
}

// Commits of claims and marks do not wait for the disk: one that is lost when the server stops is made again.
const UNFLUSHED = `set_config('synchronous_commit', 'off', true)`

const CLAIM = `
UPDATE webhook SET attempts = attempts + 1, due_at = now() + make_interval(secs => least(0.5 * 2 ^ attempts, 60) + 5)
 WHERE id = ANY(ARRAY(SELECT id FROM webhook WHERE delivered_at IS NULL AND due_at <= now() AND attempts < ${MAX_ATTEMPTS}
                       ORDER BY due_at LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED))
RETURNING id, label_id AS "labelId", ${UNFLUSHED}`
const DELIVERED = `UPDATE webhook SET delivered_at = now() WHERE id = $1 RETURNING ${UNFLUSHED}`

type Due = { readonly id: string; readonly labelId: string }

/** Target and signing secret of webhooks. */
export type Target = {
  url: string | null
  readonly secret: Uint8Array
  /** Timeout of one delivery in milliseconds. Default: five seconds. */
  readonly deliveryMs?: number | undefined
}

async function deliver(pool: Pool, url: string, target: Target, { id, labelId }: Due): Promise<void> {
  const body = Buffer.from(JSON.stringify({ id: `wbh_${id}`, labelId }))
  const headers = {
    'content-type': 'application/json',
    [SIGNATURE_HEADER]: webhookSignature(target.secret, body, new Date()),
  }
  try {
    const limits = { timeoutMs: target.deliveryMs ?? DELIVERY_MS, largestBytes: MAX_ANSWER_BYTES }
    const { status } = await exchange(url, { method: 'POST', headers, body, ...limits })
    if (status >= 200 && status < 300) await pool.query(DELIVERED, [id])
  } catch {
    // The shop is unavailable: the row becomes due again.
  }
}

/** Delivers webhooks as their events occur, and repeats each until the shop accepts it. */
export function startWebhooks(pool: Pool, target: Target) {
  let running: Promise<void> | null = null
  let stopped = false

  async function round(url: string): Promise<void> {
    while (!stopped) {
      const { rows } = await pool.query<Due>(CLAIM, [])
      await Promise.all(rows.map((due) => deliver(pool, url, target, due)))
      if (rows.length < AT_ONCE) return
    }
  }

  const timer = setInterval(() => {
    if (stopped || target.url === null) return
    running ??= round(target.url)
      .catch(() => {})
      .finally(() => {
        running = null
      })
  }, POLL_MS)
  return {
    async stop(): Promise<void> {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
