// Tested in ../webhook/webhook.int.test.ts: webhooks are tested where they arrive.

import { createHmac } from 'node:crypto'
import { exchange } from '@argyle/kit/exchange'
import { newId } from '@argyle/kit/ids'
import type { Pool } from 'pg'
import { failDueRefunds } from './refunds.ts'

const LATE_SECONDS = 20
const REORDERED_SECONDS = 4
/** Maximum number of concurrent deliveries, and the timeout of one. */
const AT_ONCE = 8
const DELIVERY_MS = 5_000
/** Maximum size of the shop's answer in bytes; it is empty or an error. */
const MAX_ANSWER_BYTES = 64 * 1_024
const MAX_ATTEMPTS = 12
const POLL_MS = 1_000

/** A change of which the shop is notified. */
export type News = { readonly behaviour: string; readonly status: string; readonly type: string }

/** The parameters of `noting`. The test card determines how many times and how late a webhook is sent. */
export function noteOf({ behaviour, status, type }: News): readonly [string, string, number, number] {
  const times = behaviour === 'webhook_none' ? 0 : behaviour === 'webhook_twice' ? 2 : 1
  const isHeldBack = behaviour === 'webhook_reordered' && status === 'AUTHORIZED'
  const late = behaviour === 'webhook_late' ? LATE_SECONDS : isHeldBack ? REORDERED_SECONDS : 0
  return [newId('gev'), type, times, late]
}

/** The statement that schedules webhooks about the rows of `payments`. Its four parameters begin with the number `first`. */
export const noting = (payments: string, first: number) => `
INSERT INTO webhook (id, delivery, payment_id, type, due_at)
SELECT $${first}, delivery, p.id, $${first + 1}, now() + make_interval(secs => $${first + 3}::float8)
  FROM ${payments} p CROSS JOIN generate_series(1, $${first + 2}::int) AS delivery`

// Commits of claims and marks do not wait for the disk: one that is lost when the server stops is made again.
const UNFLUSHED = `set_config('synchronous_commit', 'off', true)`

const CLAIM = `
UPDATE webhook w SET attempts = attempts + 1, due_at = now() + make_interval(secs => least(0.5 * 2 ^ attempts, 60) + 5)
 WHERE ctid = ANY(ARRAY(SELECT ctid FROM webhook
                        WHERE delivered_at IS NULL AND due_at <= now() AND attempts < ${MAX_ATTEMPTS}
                        ORDER BY due_at LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED))
RETURNING id, delivery, payment_id AS "paymentId", type,
          (SELECT reference FROM payment p WHERE p.id = w.payment_id) AS reference,
          (SELECT status FROM payment p WHERE p.id = w.payment_id) AS status, ${UNFLUSHED}`
const DELIVERED = `UPDATE webhook SET delivered_at = now() WHERE id = $1 AND delivery = $2 RETURNING ${UNFLUSHED}`

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

/** Target of webhooks. */
export type Target = {
  /** While it is null, none are sent. */
  readonly url: () => string | null
  readonly secret: string
  /** Timeout of one delivery in milliseconds. Default: five seconds. */
  readonly deliveryMs?: number
}

async function deliver(pool: Pool, url: string, target: Target, due: Due): Promise<void> {
  const { id, delivery, paymentId, type, reference, status } = due
  const body = JSON.stringify({ id, type, paymentId, reference, status })
  const headers = {
    'content-type': 'application/json',
    'sandbox-signature': signatureOf(target.secret, body, new Date()),
  }
  try {
    const limits = { timeoutMs: target.deliveryMs ?? DELIVERY_MS, largestBytes: MAX_ANSWER_BYTES }
    const { status } = await exchange(url, { method: 'POST', headers, body, ...limits })
    if (status >= 200 && status < 300) await pool.query(DELIVERED, [id, delivery])
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
      await Promise.all(rows.map((due) => deliver(pool, url, target, due)))
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
  const poll = async () => {
    await failDueRefunds(pool).catch(() => {})
    wake()
  }
  let polling: Promise<void> | null = null
  const timer = setInterval(() => {
    polling ??= poll().finally(() => {
      polling = null
    })
  }, POLL_MS)
  return {
    wake,
    async stop() {
      isStopped = true
      clearInterval(timer)
      await polling
      await running
    },
  }
}
