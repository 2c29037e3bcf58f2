// Tested in ../webhook/webhook.int.test.ts: webhooks are tested where they arrive.

import { createHmac } from 'node:crypto'
import { newId } from '@argyle/kit/ids'
import type { ClientBase, Pool } from 'pg'

const LATE_SECONDS = 20
const REORDERED_SECONDS = 4
/** Maximum number of concurrent deliveries, and the timeout of one. */
const AT_ONCE = 8
const DELIVERY_MS = 5_000
const MOST_ATTEMPTS = 12
const POLL_MS = 1_000

const NOTE = `
INSERT INTO webhook (id, delivery, payment_id, type, due_at)
SELECT $1, delivery, p.id, $3,
       now() + make_interval(secs => CASE WHEN p.status = 'AUTHORIZED' THEN $5::float8 ELSE $6::float8 END)
  FROM payment p CROSS JOIN generate_series(1, $4::int) AS delivery WHERE p.id = $2`

type Note = { readonly paymentId: string; readonly behaviour: string; readonly type: string }

/** Schedules the webhook of a change. The test card determines how many times and how late it is sent. */
export async function noteWebhooks(client: ClientBase, { paymentId, behaviour, type }: Note): Promise<void> {
  if (behaviour === 'webhook_none') return
  const times = behaviour === 'webhook_twice' ? 2 : 1
  const late = behaviour === 'webhook_late' ? LATE_SECONDS : 0
  const lateIfAuthorized = behaviour === 'webhook_reordered' ? REORDERED_SECONDS : late
  await client.query(NOTE, [newId('gev'), paymentId, type, times, lateIfAuthorized, late])
}

const CLAIM = `
UPDATE webhook w SET attempts = attempts + 1, due_at = now() + make_interval(secs => least(0.5 * 2 ^ attempts, 60) + 5)
 WHERE ctid = ANY(ARRAY(SELECT ctid FROM webhook
                        WHERE delivered_at IS NULL AND due_at <= now() AND attempts < ${MOST_ATTEMPTS}
                        ORDER BY due_at LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED))
RETURNING id, delivery, payment_id AS "paymentId", type,
          (SELECT reference FROM payment p WHERE p.id = w.payment_id) AS reference,
          (SELECT status FROM payment p WHERE p.id = w.payment_id) AS status`
const DELIVERED = 'UPDATE webhook SET delivered_at = now() WHERE id = $1 AND delivery = $2'

type Due = {
  readonly id: string
  readonly delivery: number
  readonly paymentId: string
  readonly type: string
  readonly reference: string
  readonly status: string
}

/**
 * The signature header of a webhook: the time, and an HMAC-SHA256 of time and body with the shared secret.
 */
export function signatureOf(secret: string, body: string, at: Date): string {
  const time = Math.floor(at.getTime() / 1_000)
  const proof = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')
  return `t=${time},v1=${proof}`
}

/** Target of webhooks. While it is null, none are sent. */
export type Target = { readonly url: () => string | null; readonly secret: string }

async function deliver(pool: Pool, url: string, secret: string, due: Due): Promise<void> {
  const { id, delivery, paymentId, type, reference, status } = due
  const body = JSON.stringify({ id, type, paymentId, reference, status })
  const headers = {
    'content-type': 'application/json',
    'sandbox-signature': signatureOf(secret, body, new Date()),
  }
  try {
    const signal = AbortSignal.timeout(DELIVERY_MS)
    const { ok } = await fetch(url, { method: 'POST', headers, body, signal })
    if (ok) await pool.query(DELIVERED, [id, delivery])
  } catch {
    // The shop is unavailable: the row becomes due again.
  }
}

/** Delivers due webhooks, and repeats each until the shop accepts it. */
export function startWebhooks(pool: Pool, target: Target) {
  let running: Promise<void> | null = null
  let isStopped = false

  async function round(): Promise<void> {
    while (!isStopped) {
      const url = target.url()
      if (url === null) return
      const { rows } = await pool.query<Due>(CLAIM, [])
      await Promise.all(rows.map((due) => deliver(pool, url, target.secret, due)))
      if (rows.length < AT_ONCE) return
    }
  }

  const wake = () => {
    if (isStopped) return
    running ??= round()
      .catch(() => {})
      .finally(() => {
        running = null
      })
  }
  const timer = setInterval(wake, POLL_MS)
  return {
    wake,
    async stop() {
      isStopped = true
      clearInterval(timer)
      await running
    },
  }
}
