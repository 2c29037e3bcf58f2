// Tested in ../../../dev/republish/republish.e2e.test.ts: a republication needs an owner and a reader.

import type { Logger } from 'pino'
import type { PrismaLike } from '../database/database.ts'
import { newId } from '../schema/ids.ts'
import { reasonOf } from '../service/reason.ts'
import type { AnySubgraph, Resources, Timer } from '../service/subgraph.ts'
import { newTrace } from '../service/trace.ts'
import type { Envelope, NewEvent } from './envelope.ts'
import type { EventBus } from './event-bus.ts'
import { OUTBOX_CHANNEL } from './outbox-connection.ts'
import { replayTypeOf } from './replay.ts'

/** A thing of the past as it is told again: a message with the time of what it tells of, and where to go on behind it. */
export type Told = { readonly event: NewEvent; readonly time: Date; readonly cursor: string }

/** Asks for the next things behind a cursor, at most `limit`, changed or happened at or after `since`. */
export type HistoryPage = {
  readonly after: string | null
  readonly limit: number
  readonly since: Date | null
  /** The consumer that is told. A part may withhold from most what only some need, such as e-mail addresses. */
  readonly recipient: string
}

/** A part of what an owner can tell again, in an order of its own that new things do not change. An empty page is the end. */
export type HistoryPart<R extends Resources> = (resources: R, page: HistoryPage) => Promise<readonly Told[]>

/** Things that are read at once. */
const PAGE = 200
/** Bytes of JSON in one message, well below what brokers take (NATS: 1 MiB). One thing alone may be more. */
const MOST_BYTES = 400_000
/** A replica that dies holds its claim this long; then another goes on behind the last page that was noted. */
const LEASE_SECONDS = 30
/** Pause before a republication that failed goes on. */
const RETRY_SECONDS = 0.2
/** Between looks after a failure. */
const POLL_MS = 1_000
/** Looks for the wishes of replicas that died; others are notified. */
const POLLS_OF_QUIET = 5
/** Finished ones are shown for so long. */
const KEPT_DAYS = 30

const REQUEST = `
WITH wish AS (INSERT INTO republication (id, recipient, since) VALUES ($1, $2, $3::timestamptz))
SELECT pg_notify('${OUTBOX_CHANNEL}', '')::text`
const CLAIM = `
UPDATE republication SET available_at = now() + make_interval(secs => ${LEASE_SECONDS})
 WHERE id = (SELECT id FROM republication WHERE finished_at IS NULL AND available_at <= now()
              ORDER BY available_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, recipient, since, part, cursor, sent`
const NOTE = `
UPDATE republication SET part = $2, cursor = $3, sent = $4, last_error = NULL,
       available_at = now() + make_interval(secs => ${LEASE_SECONDS}),
       finished_at = CASE WHEN $5::boolean THEN now() END
 WHERE id = $1`
const POSTPONE = `
UPDATE republication SET available_at = now() + make_interval(secs => ${RETRY_SECONDS}), last_error = $2 WHERE id = $1`
const STATE = `
SELECT sent, finished_at IS NOT NULL AS "isFinished", last_error AS "lastError" FROM republication WHERE id = $1`
const FORGET = `
DELETE FROM republication WHERE finished_at < now() - interval '${KEPT_DAYS} days'`

type Wish = {
  readonly id: string
  readonly recipient: string
  readonly since: Date | null
  readonly part: number
  readonly cursor: string | null
  readonly sent: number
}

/** How far a republication is. */
export type Republication = {
  readonly sent: number
  readonly isFinished: boolean
  readonly lastError: string | null
}

type Sql = Pick<PrismaLike, '$queryRawUnsafe' | '$executeRawUnsafe'>

/** Wishes, in the owner's database, that its past be told to a consumer. A replica of the owner that runs takes it up. @returns its id */
export async function requestRepublication(
  owner: Sql,
  recipient: string,
  since: Date | null,
): Promise<string> {
  const id = newId('rpb')
  await owner.$executeRawUnsafe(REQUEST, id, recipient, since)
  return id
}

/** How far it is; null when there is none of this id. */
export async function republicationState(owner: Sql, id: string): Promise<Republication | null> {
  const [row] = await owner.$queryRawUnsafe<Republication[]>(STATE, id)
  return row ?? null
}

export type Republisher = {
  /** Looks for wishes. */
  wake(): void
  stop(): Promise<void>
}

type Options = {
  readonly definition: AnySubgraph
  readonly resources: Resources
  readonly bus: EventBus
  readonly log: Logger
}

/**
 * Tells the past to whom it was wished for: page by page, in batches of one message each, straight to the bus. Nothing is written to the
 * outbox, so that a long past does not hold up what happens now. What was sent is noted after each page, and sent once more when the
 * process dies in between.
 */
export function startRepublisher({ definition, resources, bus, log }: Options): Republisher {
  const { prisma } = resources
  const { name: source, history = [] } = definition
  let stopped = false
  let running: Promise<void> | null = null
  let again = false
  let hasFailed = false
  let polls = 0

  async function send(wish: Wish, told: readonly Told[]): Promise<void> {
    for (const messages of batchesOf(told.map((one) => envelopeOf(one, source))))
      await bus.publish(batchOf(wish, source, messages))
  }

  /** Sends one page. @returns the wish as it is behind it; null when all is told */
  async function sendPage(wish: Wish): Promise<Wish | null> {
    const part = history[wish.part]
    if (!part) {
      await prisma.$executeRawUnsafe(NOTE, wish.id, wish.part, null, wish.sent, true)
      return null
    }
    const told = await part(resources, {
      after: wish.cursor,
      limit: PAGE,
      since: wish.since,
      recipient: wish.recipient,
    })
    await send(wish, told)
    const last = told.at(-1)
    const next = last
      ? { ...wish, cursor: last.cursor, sent: wish.sent + told.length }
      : { ...wish, part: wish.part + 1, cursor: null }
    await prisma.$executeRawUnsafe(NOTE, next.id, next.part, next.cursor, next.sent, false)
    return next
  }

  async function carryOut(claimed: Wish): Promise<void> {
    try {
      for (let wish: Wish | null = claimed; wish && !stopped; ) wish = await sendPage(wish)
    } catch (error) {
      await prisma.$executeRawUnsafe(POSTPONE, claimed.id, reasonOf(error))
      throw error
    }
    if (stopped) await prisma.$executeRawUnsafe(POSTPONE, claimed.id, null)
  }

  async function round(): Promise<void> {
    while (!stopped) {
      again = false
      const [wish] = await prisma.$queryRawUnsafe<Wish[]>(CLAIM)
      if (wish && !stopped) await carryOut(wish)
      else if (!again) return
    }
  }

  function wake(): void {
    again = true
    polls = 0
    if (stopped) return
    running ??= round()
      .then(() => {
        hasFailed = false
      })
      .catch((error) => {
        hasFailed = true
        log.warn({ reason: reasonOf(error) }, 'a republication failed; it is retried')
      })
      .finally(() => {
        running = null
        if (again && !hasFailed) wake()
      })
  }

  function poll(): void {
    polls += 1
    if (hasFailed || polls >= POLLS_OF_QUIET) wake()
  }

  const timer = setInterval(poll, POLL_MS)
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

/** Forgets republications that ended long ago: a timer that the kit adds to a subgraph that can tell its past. */
export const republicationTimer: Timer<Resources> = {
  name: 'forget-republications',
  everyMs: 3_600_000,
  run: async ({ prisma }) => void (await prisma.$executeRawUnsafe(FORGET)),
}

/** A new id each time: neither a broker's window for duplicates nor an inbox may swallow what was never handled. */
function envelopeOf({ event, time }: Told, source: string): Envelope {
  const { correlationId } = newTrace()
  const cause = { correlationId, causationId: null, traceparent: null }
  return { id: newId('evt'), source, ...event, time: time.toISOString(), ...cause, replayed: true }
}

function batchOf({ id, recipient, sent }: Wish, source: string, messages: readonly Envelope[]): Envelope {
  const event = { type: replayTypeOf(recipient), subject: id, sequence: sent + 1, data: { messages } }
  return envelopeOf({ event, time: new Date(), cursor: '' }, source)
}

function batchesOf(messages: readonly Envelope[]): Envelope[][] {
  const batches: Envelope[][] = []
  let bytes = MOST_BYTES
  for (const message of messages) {
    const size = Buffer.byteLength(JSON.stringify(message))
    if (bytes + size > MOST_BYTES) {
      batches.push([])
      bytes = 0
    }
    batches.at(-1)?.push(message)
    bytes += size
  }
  return batches
}
