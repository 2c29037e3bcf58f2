// Tested in ../carrier.int.test.ts: the test calls the simulated carrier over HTTP.

import { createHash } from 'node:crypto'
import { newId } from '@argyle/kit/ids'
import type { ClientBase, Pool } from 'pg'
import { z } from 'zod'
import { type Behaviour, behaviourOf } from './behaviour.ts'
import type { Faults } from './faults.ts'
import { fractionsOf, journey } from './journey.ts'
import { noteWebhooks } from './webhooks.ts'
import { inTransaction } from './world.ts'

/** A request for a label. */
export const labelRequestSchema = z.object({
  reference: z.string().min(1).max(100),
  carrier: z.string().min(1).max(100),
  service: z.string().min(1).max(100),
  from: z.object({ warehouseCode: z.string().min(1).max(100) }),
  to: z.object({ recipient: z.string(), city: z.string() }).loose(),
  weightGrams: z.int().min(0),
})

export type LabelRequest = z.output<typeof labelRequestSchema>
export type Answer = { readonly status: number; readonly body: object }

type Row = {
  readonly id: string
  readonly request_hash: string
  readonly tracking_number: string
  readonly behaviour: Behaviour
  readonly refusal: string | null
  readonly voided_at: Date | null
}

const INSERT = `
INSERT INTO label (id, key, request_hash, reference, tracking_number, behaviour, refusal, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (key) DO NOTHING`
const BY_KEY = 'SELECT * FROM label WHERE key = $1'
const SCANS = `
INSERT INTO scan (label_id, position, due_at, status, location, description)
SELECT $1, s.position, $2::timestamptz + make_interval(secs => s."afterMs" / 1000.0), s.status, s.location, s.description
  FROM jsonb_to_recordset($3::jsonb) AS s(position int, "afterMs" float8, status text, location text, description text)`

const hashOf = (request: LabelRequest) =>
  createHash('sha256').update(JSON.stringify(request)).digest('base64url')

function trackingNumberOf(carrier: string, key: string): string {
  const letters = carrier
    .replaceAll(/[^A-Za-z]/g, '')
    .toUpperCase()
    .slice(0, 2)
    .padEnd(2, 'X')
  const digits = BigInt(`0x${createHash('sha256').update(key).digest('hex').slice(0, 14)}`) % 10n ** 12n
  return `${letters}${String(digits).padStart(12, '0')}`
}

function answerOf(row: Row, hash: string, status: number): Answer {
  if (row.request_hash !== hash)
    return problem(409, 'key_reused', 'The idempotency key was used with another request.')
  if (row.refusal !== null) return problem(422, 'refused', row.refusal)
  const { id, tracking_number: trackingNumber } = row
  return { status, body: { id, trackingNumber, trackingUrl: `https://tracking.example/${trackingNumber}` } }
}

export function problem(status: number, code: string, message: string): Answer {
  return { status, body: { code, message } }
}

/**
 * Creates a label with the tracking events of its parcel, once per key. A refusal is stored with the key too.
 */
export async function createLabel(
  pool: Pool,
  key: string,
  request: LabelRequest,
  { faults, speed }: { readonly faults: Faults; readonly speed: number },
): Promise<Answer> {
  const hash = hashOf(request)
  return inTransaction(pool, async (client) => {
    const [, , chance = 1] = fractionsOf(key).slice(5)
    const behaviour = behaviourOf(request.to.recipient, chance, faults.lose)
    const refusal = behaviour === 'refused' ? 'The carrier does not serve this address.' : null
    const [id, now] = [newId('lbl'), new Date()]
    const trackingNumber = trackingNumberOf(request.carrier, key)
    const values = [id, key, hash, request.reference, trackingNumber, behaviour, refusal, now]
    const { rowCount } = await client.query(INSERT, values)
    if (rowCount === 1 && refusal === null)
      await plan(client, { id, key, request, behaviour, now, speed, faults })
    const { rows } = await client.query<Row>(BY_KEY, [key])
    const [row] = rows
    if (!row) throw new Error(`no label of key ${key}`)
    return answerOf(row, hash, rowCount === 1 ? 201 : 200)
  })
}

type Planned = {
  readonly id: string
  readonly key: string
  readonly request: LabelRequest
  readonly behaviour: Behaviour
  readonly now: Date
  readonly speed: number
  readonly faults: Faults
}

async function plan(
  client: ClientBase,
  { id, key, request, behaviour, now, speed, faults }: Planned,
): Promise<void> {
  const { service, from, to } = request
  const trip = { key, service, warehouseCode: from.warehouseCode, city: to.city, behaviour }
  const stops = journey(trip).map((stop, position) => {
    return { ...stop, position, afterMs: stop.afterMs / speed }
  })
  await client.query(SCANS, [id, now, JSON.stringify(stops)])
  await noteWebhooks(client, id, behaviour, faults)
}

const READ = `
SELECT label.*, scans.list FROM label
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('id', label.id || '-' || position, 'at', due_at, 'status', status,
                                        'location', location, 'description', description) ORDER BY position) AS list
      FROM scan WHERE label_id = label.id AND due_at <= now()) AS scans ON true
 WHERE label.id = $1 AND label.refusal IS NULL`

type Scan = { readonly at: string; readonly status: string }

const STATES = new Map([
  ['LABEL_CREATED', 'CREATED'],
  ['FAILED', 'LOST'],
])

/** The current state of a parcel; null if it does not exist. */
export async function readLabel(pool: Pool, id: string): Promise<object | null> {
  const { rows } = await pool.query<Row & { list: Scan[] | null; created_at: Date }>(READ, [id])
  const [row] = rows
  if (!row) return null
  const scans = (row.list ?? []).map((scan) => ({ ...scan, at: new Date(scan.at).toISOString() }))
  const last = scans.at(-1)
  const taken = scans.find(({ status }) => status !== 'LABEL_CREATED')
  const { voided_at: voided, created_at: created, tracking_number: trackingNumber } = row
  const status = voided ? 'VOIDED' : (STATES.get(last?.status ?? 'LABEL_CREATED') ?? last?.status)
  const statusAt = voided?.toISOString() ?? last?.at ?? created.toISOString()
  return { id, trackingNumber, status, statusAt, dispatchedAt: taken?.at ?? null, scans }
}

/** Voids a label, unless the carrier already has the parcel. Repeating it has no effect. */
export async function voidLabel(pool: Pool, id: string): Promise<Answer> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<Row>(
      'SELECT * FROM label WHERE id = $1 AND refusal IS NULL FOR UPDATE',
      [id],
    )
    const [row] = rows
    if (!row) return problem(404, 'unknown', 'The label does not exist.')
    if (row.voided_at) return { status: 200, body: { id, status: 'VOIDED' } }
    const gone = await client.query(
      `SELECT 1 FROM scan WHERE label_id = $1 AND status <> 'LABEL_CREATED' AND due_at <= clock_timestamp() LIMIT 1`,
      [id],
    )
    if (gone.rowCount) return problem(409, 'already_dispatched', 'The carrier already has the parcel.')
    await client.query('UPDATE label SET voided_at = now() WHERE id = $1', [id])
    await client.query('DELETE FROM webhook WHERE label_id = $1', [id])
    await client.query(`DELETE FROM scan WHERE label_id = $1 AND status <> 'LABEL_CREATED'`, [id])
    return { status: 200, body: { id, status: 'VOIDED' } }
  })
}

/** Number of requests with a key, including this one. */
export async function countAsked(pool: Pool, key: string): Promise<number> {
  const { rows } = await pool.query<{ times: number }>(
    `INSERT INTO asked AS a (key, times) VALUES ($1, 1)
     ON CONFLICT (key) DO UPDATE SET times = a.times + 1 RETURNING times`,
    [key],
  )
  return rows[0]?.times ?? 1
}
