// Tested in messages.int.test.ts: outbox, bus and inbox are one path.

import type { Logger } from 'pino'
import { type OutboxRow, WRITTEN } from '../database/committed.ts'
import type { PrismaLike, Tx } from '../database/database.ts'
import { newId } from '../schema/ids.ts'
import { failpoint } from '../service/failpoint.ts'
import { reasonOf } from '../service/reason.ts'
import { currentTrace } from '../service/trace.ts'
import type { Envelope, NewEvent } from './envelope.ts'
import type { EventBus } from './event-bus.ts'
import { OUTBOX_CHANNEL, outboxConnection } from './outbox-connection.ts'

/** Duration of a claim. If a relay dies, another claims the rows after it; the inbox absorbs duplicates. */
const LEASE_SECONDS = 10

// Rows that the relay of this process publishes after the commit are written as claimed. Others are due at once, and notified.
// Notifying always would cost throughput: PostgreSQL commits transactions with a NOTIFY one after another.
const APPEND = `
WITH written AS (
  INSERT INTO outbox_message (id, type, subject, sequence, data, time, correlation_id, causation_id, traceparent, attempts, available_at)
  SELECT e.id, e.type, e.subject, e.sequence, e.data, $2::timestamptz, $3, $4, $5, $6::int,
         now() + make_interval(secs => $6::int * ${LEASE_SECONDS})
    FROM jsonb_to_recordset($1::jsonb) AS e(id text, type text, subject text, sequence int, data jsonb))
SELECT pg_notify('${OUTBOX_CHANNEL}', '')::text WHERE $6::int = 0`

type Appended = Pick<OutboxRow, 'id' | 'type' | 'subject' | 'sequence' | 'data'>

/** Inserts messages into the outbox by one statement, in the transaction of the change. */
export async function appendEvents(
  tx: Tx & { [WRITTEN]?: OutboxRow[] },
  events: readonly NewEvent[],
): Promise<void> {
  if (events.length === 0) return
  const trace = currentTrace()
  const { correlationId, causationId, traceparent } = trace
  const rows = JSON.stringify(events.map((event) => ({ id: newId('evt'), ...event })))
  const time = new Date()
  const { [WRITTEN]: written } = tx
  const attempts = written ? 1 : 0
  const about = [time.toISOString(), correlationId, causationId, traceparent, attempts]
  await tx.$executeRawUnsafe(APPEND, rows, ...about)
  if (!written) {
    trace.wrote = true
    return
  }
  // Read back from the text, so that listeners get what PostgreSQL would give them.
  const appended: readonly Appended[] = JSON.parse(rows)
  const origin = { correlation_id: correlationId, causation_id: causationId, traceparent }
  for (const { id, type, subject, sequence, data } of appended)
    written.push({ id, type, subject, sequence, data, time, ...origin, attempts })
}

/** Maximum number of messages in one claim, which are published concurrently. */
const BATCH = 50
const AT_ONCE = 8
/** Maximum number of committed messages that wait in memory; further ones are claimed when their lease is over. */
const MOST_WAITING = 5_000
const LONGEST_BACKOFF_SECONDS = 60
/** Marks wait this long for others, or for the next claim, which marks along: far shorter than a lease. */
const MARK_MS = 500

const MARK = 'UPDATE outbox_message SET published_at = now() WHERE id = ANY($1::text[])'
/** Marks what was published, and claims what is due. */
const NEXT = `
WITH marked AS (${MARK})
UPDATE outbox_message SET attempts = attempts + 1, available_at = now() + make_interval(secs => ${LEASE_SECONDS})
 WHERE id = ANY(ARRAY(SELECT id FROM outbox_message WHERE published_at IS NULL AND available_at <= now()
                       ORDER BY available_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))
RETURNING id, type, subject, sequence, data, time, correlation_id, causation_id, traceparent, attempts`
/** Gives back what was claimed and not published. */
const RELEASE = 'UPDATE outbox_message SET available_at = now() WHERE id = ANY($1::text[])'
const POSTPONE = `
UPDATE outbox_message SET available_at = now() + make_interval(secs => $2::float8), last_error = $3 WHERE id = $1`

function envelopeOf(row: OutboxRow, source: string): Envelope {
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
  /** Publishes rows that were committed as claimed by this process. */
  publish(rows: readonly OutboxRow[]): void
  /** Waits for messages being published, then stops. */
  stop(): Promise<void>
}

type RelayOptions = {
  source: string
  prisma: PrismaLike
  bus: EventBus
  log: Logger
  /** The database, for a connection of the relay's own; left out, it uses those of `prisma`, and polls. */
  databaseUrl?: string
  pollMs?: number
}

/**
 * The outbox relay: claims rows with SKIP LOCKED, so that any number of replicas share the work; publishes
 * them outside the transaction; marks them as published. It looks for rows when it is woken after a commit, when another process
 * notifies, and every second: rows of a process that died meanwhile. A row that the bus refuses is retried with growing
 * pauses.
 */
export function startRelay({ source, prisma, bus, log, databaseUrl, pollMs = 1_000 }: RelayOptions): Relay {
  const connection = databaseUrl ? outboxConnection({ url: databaseUrl, log, onNews: wake }) : null
  const sql = (): Tx => connection?.sql() ?? prisma
  let running: Promise<void> | null = null
  let again = false
  let stopped = false
  /** Published and not marked yet. */
  const published: string[] = []
  let marking: NodeJS.Timeout | null = null
  /** Committed by this process and not published yet. */
  const own: OutboxRow[] = []
  const inHand = new Set<Promise<void>>()

  async function publish(row: OutboxRow): Promise<string | null> {
    try {
      await bus.publish(envelopeOf(row, source))
      return row.id
    } catch (error) {
      const reason = reasonOf(error)
      log.warn(
        { type: row.type, eventId: row.id, attempts: row.attempts, reason },
        'message not published yet',
      )
      await sql().$executeRawUnsafe(POSTPONE, row.id, backoffSeconds(row.attempts), reason)
      return null
    }
  }

  /** @returns the ids of those that the bus took */
  async function publishAll(rows: readonly OutboxRow[]): Promise<string[]> {
    const done: string[] = []
    const waiting = [...rows].reverse()
    const worker = async () => {
      for (let row = waiting.pop(); row; row = waiting.pop()) {
        const id = await publish(row)
        if (id) done.push(id)
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, rows.length) }, worker))
    if (done.length > 0) failpoint('outbox.published')
    return done
  }

  /** Its failure is no loss: rows that are not marked or not given back are published after their lease, and the inbox absorbs it. */
  async function update(statement: string, ids: readonly string[], failed: string): Promise<void> {
    if (ids.length === 0) return
    try {
      await sql().$executeRawUnsafe(statement, ids)
    } catch (error) {
      log.warn({ err: error }, failed)
    }
  }

  /** Marks what was published. */
  async function mark(): Promise<void> {
    clearTimeout(marking ?? undefined)
    marking = null
    await update(MARK, published.splice(0), 'published messages were not marked; they are published again')
  }

  function markSoon(): void {
    if (published.length > 0) marking ??= setTimeout(mark, MARK_MS)
  }

  /** Publishes own rows, at most 8 at once. */
  function flow(): void {
    while (!stopped && inHand.size < AT_ONCE) {
      const row = own.shift()
      if (!row) return
      // After its lease, a row is claimed like that of a process that died: here it would be published a second time.
      if (Date.now() - row.time.getTime() > LEASE_SECONDS * 1_000) continue
      failpoint('outbox.claimed')
      const work = publishAll([row])
        .then((ids) => {
          published.push(...ids)
          markSoon()
        })
        .catch((error) => log.error({ err: error }, 'a message was not published; it is tried again'))
        .finally(() => {
          inHand.delete(work)
          flow()
        })
      inHand.add(work)
    }
  }

  async function drain(): Promise<void> {
    do {
      again = false
      const rows = await sql().$queryRawUnsafe<OutboxRow[]>(NEXT, published.splice(0))
      if (rows.length > 0) failpoint('outbox.claimed')
      published.push(...(await publishAll(rows)))
      if (rows.length === BATCH) again = true
    } while (again && !stopped)
    markSoon()
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
    publish(rows) {
      if (stopped) return
      own.push(...rows.slice(0, Math.max(0, MOST_WAITING - own.length)))
      flow()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      await Promise.all([running, ...inHand])
      await mark()
      const left = own.splice(0).map(({ id }) => id)
      await update(RELEASE, left, 'messages were not given back; they wait for their lease')
      await connection?.close()
    },
  }
}
