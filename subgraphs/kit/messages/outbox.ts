import type { Logger } from 'pino'
import type { PrismaLike, Tx } from '../database/database.ts'
import { newId } from '../schema/ids.ts'
import { failpoint } from '../service/failpoint.ts'
import { reasonOf } from '../service/reason.ts'
import { currentTrace } from '../service/trace.ts'
import type { Envelope, NewEvent } from './envelope.ts'
import type { EventBus } from './event-bus.ts'

const APPEND = `
INSERT INTO outbox_message (id, type, subject, sequence, data, time, correlation_id, causation_id, traceparent)
SELECT e.id, e.type, e.subject, e.sequence, e.data, $2::timestamptz, $3, $4, $5
  FROM jsonb_to_recordset($1::jsonb) AS e(id text, type text, subject text, sequence int, data jsonb)`

/** Inserts messages into the outbox by one statement, in the transaction of the change. */
export async function appendEvents(tx: Tx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  const trace = currentTrace()
  const rows = JSON.stringify(events.map((event) => ({ id: newId('evt'), ...event })))
  const time = new Date().toISOString()
  await tx.$executeRawUnsafe(APPEND, rows, time, trace.correlationId, trace.causationId, trace.traceparent)
  trace.wrote = true
}

/** Maximum number of messages in one claim, which are published concurrently. */
const BATCH = 50
const AT_ONCE = 8
/** Duration of a claim. If a relay dies, another claims the rows after it; the inbox absorbs duplicates. */
const LEASE_SECONDS = 10
const LONGEST_BACKOFF_SECONDS = 60

const CLAIM = `
UPDATE outbox_message SET attempts = attempts + 1, available_at = now() + make_interval(secs => ${LEASE_SECONDS})
 WHERE id IN (SELECT id FROM outbox_message WHERE published_at IS NULL AND available_at <= now()
               ORDER BY available_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
RETURNING id, type, subject, sequence, data, time, correlation_id, causation_id, traceparent, attempts`

const MARK = 'UPDATE outbox_message SET published_at = now() WHERE id = ANY($1::text[])'
const POSTPONE = `
UPDATE outbox_message SET available_at = now() + make_interval(secs => $2::float8), last_error = $3 WHERE id = $1`

type Row = {
  id: string
  type: string
  subject: string
  sequence: number
  data: unknown
  time: Date
  correlation_id: string
  causation_id: string | null
  traceparent: string | null
  attempts: number
}

function envelopeOf(row: Row, source: string): Envelope {
  return {
    id: row.id,
    type: row.type,
    source,
    subject: row.subject,
    time: row.time.toISOString(),
    sequence: row.sequence,
    correlationId: row.correlation_id,
    causationId: row.causation_id,
    traceparent: row.traceparent,
    data: row.data,
  }
}

/** The pause before the next attempt: 0.1 s, 0.2 s, 0.4 s … up to a minute. */
function backoffSeconds(attempts: number): number {
  return Math.min(0.1 * 2 ** (attempts - 1), LONGEST_BACKOFF_SECONDS)
}

export type Relay = {
  /** Call after inserting rows, so that they are published soon. */
  wake(): void
  /** Waits for messages being published, then stops. */
  stop(): Promise<void>
}

type RelayOptions = { source: string; prisma: PrismaLike; bus: EventBus; log: Logger; pollMs?: number }

/**
 * The outbox relay: claims rows with SKIP LOCKED, so that any number of replicas share the work; publishes
 * them outside the transaction; marks them as published. A row that the bus refuses is retried with growing
 * pauses.
 */
export function startRelay({ source, prisma, bus, log, pollMs = 1_000 }: RelayOptions): Relay {
  let running: Promise<void> | null = null
  let again = false
  let stopped = false

  async function publish(row: Row): Promise<string | null> {
    try {
      await bus.publish(envelopeOf(row, source))
      return row.id
    } catch (error) {
      const reason = reasonOf(error)
      log.warn(
        { type: row.type, eventId: row.id, attempts: row.attempts, reason },
        'message not published yet',
      )
      await prisma.$executeRawUnsafe(POSTPONE, row.id, backoffSeconds(row.attempts), reason)
      return null
    }
  }

  async function publishAll(rows: Row[]): Promise<void> {
    const done: string[] = []
    const waiting = [...rows].reverse()
    const worker = async () => {
      for (let row = waiting.pop(); row; row = waiting.pop()) {
        const id = await publish(row)
        if (id) done.push(id)
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, rows.length) }, worker))
    if (done.length === 0) return
    failpoint('outbox.published')
    await prisma.$executeRawUnsafe(MARK, done)
  }

  async function drain(): Promise<void> {
    do {
      again = false
      const rows = await prisma.$queryRawUnsafe<Row[]>(CLAIM)
      if (rows.length > 0) failpoint('outbox.claimed')
      await publishAll(rows)
      if (rows.length === BATCH) again = true
    } while (again && !stopped)
  }

  function wake(): void {
    again = true
    if (running || stopped) return
    running = drain()
      .catch((error) => log.error({ err: error }, 'the outbox relay failed; it tries again'))
      .finally(() => {
        running = null
      })
  }

  const timer = setInterval(wake, pollMs)
  wake()
  return {
    wake,
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
