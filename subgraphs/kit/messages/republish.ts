// Tested in ../../../dev/republish/republish.e2e.test.ts: the test runs an owner and a consumer.

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

/** An event of the past: a message, the time of the original event, and the cursor after it. */
export type PastEvent = { readonly event: NewEvent; readonly time: Date; readonly cursor: string }

/** A page of a history: at most `limit` events after a cursor, which occurred at or after `since`. */
export type HistoryPage = {
  readonly after: string | null
  readonly limit: number
  readonly since: Date | null
  /** The consumer of the events. Some parts are for certain consumers only, e.g. e-mail addresses. */
  readonly recipient: string
}

/** A part of the history, in an order to which new events do not matter. An empty page is the end. */
export type HistoryPart<R extends Resources> = (
  resources: R,
  page: HistoryPage,
) => Promise<readonly PastEvent[]>

/** Number of events that are read together. */
const PAGE = 200
/** Maximum size of a message, in bytes of JSON (NATS: 1 MiB). A single event may be larger. */
const MAX_BYTES = 400_000
/** Lease of a claimed request. If a replica dies, another continues after the last saved page. */
const LEASE_SECONDS = 30
/** Pause before a failed republication continues. */
const RETRY_SECONDS = 0.2
/** Interval of polls. After a failure, each poll looks for requests. */
const POLL_MS = 1_000
/** Number of polls between two looks for the requests of replicas that died. New requests are notified. */
const POLLS_OF_QUIET = 5
/** Days for which finished requests are kept. */
const KEPT_DAYS = 30

const REQUEST = `
WITH requested AS (INSERT INTO republication (id, recipient, since) VALUES ($1, $2, $3::timestamptz))
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

type PendingRequest = {
  readonly id: string
  readonly recipient: string
  readonly since: Date | null
  readonly part: number
  readonly cursor: string | null
  readonly sent: number
}

/** The progress of a republication. */
export type Republication = {
  readonly sent: number
  readonly isFinished: boolean
  readonly lastError: string | null
}

type Sql = Pick<PrismaLike, '$queryRawUnsafe' | '$executeRawUnsafe'>

/**
 * Requests, in the owner's database, that its history be published for a consumer. A running replica of the
 * owner carries it out. @returns the request's id
 */
export async function requestRepublication(
  owner: Sql,
  recipient: string,
  since: Date | null,
): Promise<string> {
  const id = newId('rpb')
  await owner.$executeRawUnsafe(REQUEST, id, recipient, since)
  return id
}

/** The progress of a request; null if it does not exist. */
export async function republicationState(owner: Sql, id: string): Promise<Republication | null> {
  const [row] = await owner.$queryRawUnsafe<Republication[]>(STATE, id)
  return row ?? null
}

export type Republisher = {
  /** Looks for requests. */
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
 * Carries out requests: publishes the history page by page, several events in one message, directly on the
 * bus. The outbox is not used, so that a long history does not delay new messages. The progress is saved
 * after each page. If the process dies before that, the page is published again.
 */
export function startRepublisher({ definition, resources, bus, log }: Options): Republisher {
  const { prisma } = resources
  const { name: source, history = [] } = definition
  let stopped = false
  let running: Promise<void> | null = null
  let again = false
  let hasFailed = false
  let polls = 0

  async function send(request: PendingRequest, events: readonly PastEvent[]): Promise<void> {
    for (const messages of batchesOf(events.map((one) => envelopeOf(one, source))))
      await bus.publish(batchOf(request, source, messages))
  }

  /** Publishes one page. @returns the request after the page; null if the history is complete */
  async function sendPage(request: PendingRequest): Promise<PendingRequest | null> {
    const part = history[request.part]
    if (!part) {
      await prisma.$executeRawUnsafe(NOTE, request.id, request.part, null, request.sent, true)
      return null
    }
    const events = await part(resources, {
      after: request.cursor,
      limit: PAGE,
      since: request.since,
      recipient: request.recipient,
    })
    await send(request, events)
    const last = events.at(-1)
    const next = last
      ? { ...request, cursor: last.cursor, sent: request.sent + events.length }
      : { ...request, part: request.part + 1, cursor: null }
    await prisma.$executeRawUnsafe(NOTE, next.id, next.part, next.cursor, next.sent, false)
    return next
  }

  async function carryOut(claimed: PendingRequest): Promise<void> {
    try {
      for (let request: PendingRequest | null = claimed; request && !stopped; )
        request = await sendPage(request)
    } catch (error) {
      await prisma.$executeRawUnsafe(POSTPONE, claimed.id, reasonOf(error))
      throw error
    }
    if (stopped) await prisma.$executeRawUnsafe(POSTPONE, claimed.id, null)
  }

  async function round(): Promise<void> {
    while (!stopped) {
      again = false
      const [request] = await prisma.$queryRawUnsafe<PendingRequest[]>(CLAIM)
      if (request) await carryOut(request)
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

/** Deletes old finished requests: a timer that the kit adds to a subgraph with a history. */
export const republicationTimer: Timer<Resources> = {
  name: 'forget-republications',
  everyMs: 3_600_000,
  run: async ({ prisma }) => void (await prisma.$executeRawUnsafe(FORGET)),
}

/** The id is new each time, so that neither a broker nor an inbox drops the message as a duplicate. */
function envelopeOf({ event, time }: PastEvent, source: string): Envelope {
  const { correlationId } = newTrace()
  const cause = { correlationId, causationId: null, traceparent: null }
  return { id: newId('evt'), source, ...event, time: time.toISOString(), ...cause, replayed: true }
}

function batchOf(
  { id, recipient, sent }: PendingRequest,
  source: string,
  messages: readonly Envelope[],
): Envelope {
  const event = { type: replayTypeOf(recipient), subject: id, sequence: sent + 1, data: { messages } }
  return envelopeOf({ event, time: new Date(), cursor: '' }, source)
}

function batchesOf(messages: readonly Envelope[]): Envelope[][] {
  const batches: Envelope[][] = []
  let bytes = MAX_BYTES
  for (const message of messages) {
    const size = Buffer.byteLength(JSON.stringify(message))
    if (bytes + size > MAX_BYTES) {
      batches.push([])
      bytes = 0
    }
    batches.at(-1)?.push(message)
    bytes += size
  }
  return batches
}
