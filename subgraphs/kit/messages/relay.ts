// Tested in messages.int.test.ts: the test sends messages through outbox, bus and inbox.

import type { Logger } from 'pino'
import type { OutboxRow } from '../database/committed.ts'
import type { PrismaLike, Tx } from '../database/database.ts'
import { failpoint } from '../service/failpoint.ts'
import { reasonOf } from '../service/reason.ts'
import type { Envelope } from './envelope.ts'
import type { EventBus } from './event-bus.ts'
import { MAX_GATHERED } from './gather-messages.ts'
import { LEASE_SECONDS } from './outbox.ts'
import { outboxConnection } from './outbox-connection.ts'
import { backoffSeconds, shouldPoll } from './relay-poll.ts'

/** Maximum number of messages in one claim, which are published concurrently. */
const BATCH = 50
/** Maximum number of messages that are published concurrently. */
const AT_ONCE = MAX_GATHERED
/**
 * Places for commands in addition to `AT_ONCE`. An event may have many listeners, and a command, for which a
 * customer waits, must not wait for them.
 */
const MORE_COMMANDS = 2
/** Maximum number of committed messages that wait in memory; further ones are claimed when their lease is over. */
const MAX_WAITING = 5_000
/**
 * Time for which marks are collected, unless the next claim takes them along. It is far shorter than a lease.
 */
const MARK_MS = 500

const MARK = 'UPDATE outbox_message SET published_at = now() WHERE id = ANY($1::text[])'
/** Marks published messages, and claims due ones. */
const NEXT = `
WITH marked AS (${MARK})
UPDATE outbox_message SET attempts = attempts + 1, available_at = now() + make_interval(secs => ${LEASE_SECONDS})
 WHERE id = ANY(ARRAY(SELECT id FROM outbox_message WHERE published_at IS NULL AND available_at <= now()
                       ORDER BY available_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))
RETURNING id, type, subject, sequence, data, time, correlation_id, causation_id, traceparent, attempts`
/** Releases messages that were claimed and not published. */
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
  /** Called when another process notifies, and for each new connection that listens. */
  onNews?: () => void
}

/**
 * The outbox relay: claims rows with SKIP LOCKED, so that any number of replicas share the work; publishes
 * them outside the transaction; marks them as published. It looks for rows when it is woken after a commit, when another process
 * notifies, and every fifth second: rows of a process that died meanwhile. It looks every second while it is not notified, or waits to retry
 * a row that the bus refused, which it does with growing pauses.
 */
export function startRelay(options: RelayOptions): Relay {
  const { source, prisma, bus, log, databaseUrl, pollMs = 1_000, onNews } = options
  const news = () => {
    wake()
    onNews?.()
  }
  const connection = databaseUrl ? outboxConnection({ url: databaseUrl, log, onNews: news }) : null
  const sql = (): Tx => connection?.sql() ?? prisma
  let running: Promise<void> | null = null
  let again = false
  let stopped = false
  /** Published and not marked yet. */
  const published: string[] = []
  let marking: NodeJS.Timeout | null = null
  /** Committed by this process and not published yet: commands to other subgraphs, and this one's events. */
  const own: { readonly commands: OutboxRow[]; readonly events: OutboxRow[] } = { commands: [], events: [] }
  /** Polls since the last look for rows. */
  let polls = 0
  /** The last time at which a refused row is due, on the clock of `Date.now`. */
  let retryAt = 0
  const inHand = new Set<Promise<void>>()
  const isEvent = ({ type }: OutboxRow) => type.startsWith(`${source}.`)

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
      const pause = backoffSeconds(row.attempts)
      retryAt = Math.max(retryAt, Date.now() + pause * 1_000)
      await sql().$executeRawUnsafe(POSTPONE, row.id, pause, reason)
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

  /**
   * Executes a statement whose failure does no harm: rows that are not marked or released are published after
   * their lease, and the inbox ignores duplicates.
   */
  async function update(statement: string, ids: readonly string[], failed: string): Promise<void> {
    if (ids.length === 0) return
    try {
      await sql().$executeRawUnsafe(statement, ids)
    } catch (error) {
      log.warn({ err: error }, failed)
    }
  }

  /** Marks the published messages. */
  async function mark(): Promise<void> {
    clearTimeout(marking ?? undefined)
    marking = null
    await update(MARK, published.splice(0), 'published messages were not marked; they are published again')
  }

  function markSoon(): void {
    if (published.length > 0) marking ??= setTimeout(mark, MARK_MS)
  }

  /** Publishes this process's own rows, commands first. */
  function flow(): void {
    while (!stopped && inHand.size < AT_ONCE + MORE_COMMANDS) {
      const row = own.commands.shift() ?? (inHand.size < AT_ONCE ? own.events.shift() : undefined)
      if (!row) return
      // After its lease, another relay may claim the row. Publishing it here would be a second time.
      if (Date.now() - row.time.getTime() > LEASE_SECONDS * 1_000) continue
      failpoint('outbox.claimed')
      const work = publishAll([row])
        .then((ids) => {
          published.push(...ids)
          markSoon()
        })
        .catch((error) => log.error({ err: error }, 'publishing a message failed; it is retried'))
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
    polls = 0
    running = drain()
      .catch((error) => log.error({ err: error }, 'the outbox relay failed; it is retried'))
      .finally(() => {
        running = null
        // Woken after the last claim and before this line.
        if (again) wake()
      })
  }

  function poll(): void {
    polls += 1
    const isNotified = connection !== null && connection.sql() !== null
    if (shouldPoll({ polls, isNotified, retryAt, now: Date.now(), pollMs })) wake()
  }

  const timer = setInterval(poll, pollMs)
  wake()
  return {
    wake,
    publish(rows) {
      const room = MAX_WAITING - own.commands.length - own.events.length
      for (const row of rows.slice(0, room)) (isEvent(row) ? own.events : own.commands).push(row)
      flow()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      await Promise.all([running, ...inHand])
      await mark()
      const left = [...own.commands.splice(0), ...own.events.splice(0)].map(({ id }) => id)
      await update(RELEASE, left, 'claimed messages were not released; they wait until their lease expires')
      await connection?.close()
    },
  }
}
