// Tested in messages.int.test.ts: the test sends messages through outbox, bus and inbox.

import { LRUCache } from 'lru-cache'
import pg from 'pg'
import type { Logger } from 'pino'
import type { PrismaLike, Tx } from '../database/database.ts'
import { executeLater, executeWaiting } from '../database/later.ts'
import { isOutage } from '../database/outage.ts'
import { failpoint } from '../service/failpoint.ts'
import { reasonOf } from '../service/reason.ts'
import type { AnySubgraph, Resources } from '../service/subgraph.ts'
import { followUp, newTrace, type Trace, withTrace } from '../service/trace.ts'
import type { Envelope, NewEvent } from './envelope.ts'
import type { Handle } from './event-bus.ts'
import { gatherMessages } from './gather-messages.ts'
import { appendEvents } from './outbox.ts'
import { type ManyListener, replayListener, replayTypeOf } from './replay.ts'

/** Failures of its listener after which a message becomes a dead letter, so that it does not block its publisher for ever. */
const MAX_ATTEMPTS = 10
/** Maximum number of messages that a process remembers as delivered to it. */
const REMEMBERED_MESSAGES = 10_000
/** Maximum number of messages whose failures are counted; the count of an evicted one starts again. */
const COUNTED_MESSAGES = 10_000

const ENTER = 'INSERT INTO inbox_message (consumer, event_id) VALUES ($1, $2)'
const ENTER_IF_NEW = `${ENTER} ON CONFLICT DO NOTHING`
const ENTER_ALL = 'INSERT INTO inbox_message (consumer, event_id) SELECT $1, unnest($2::text[])'
const FIND = 'SELECT FROM inbox_message WHERE consumer = $1 AND event_id = $2'
const BURY = `
INSERT INTO dead_letter (consumer, event_id, envelope, error) VALUES ($1, $2, $3::jsonb, $4)
ON CONFLICT (consumer, event_id) DO UPDATE SET error = EXCLUDED.error, failed_at = now()`

/** The type of the event that a message became a dead letter. */
export const MESSAGE_FAILED = 'kit.message.failed'

/** Whether a transaction failed because its message had been handled before. */
const isHandledBefore = (error: unknown) =>
  error instanceof pg.DatabaseError && error.constraint === 'inbox_message_pkey'

/** Handles one message inside the transaction that also inserts its inbox row. */
export type InboxListener = (envelope: Envelope, tx: Tx) => Promise<void>

/**
 * The types of messages that a subgraph subscribes to: those of its listeners, and the batches of a
 * republication.
 */
export function subscribedTypes({ name, listens = {} }: Pick<AnySubgraph, 'name' | 'listens'>): string[] {
  const types = Object.keys(listens)
  return types.length === 0 ? [] : [...types, replayTypeOf(name)]
}

/** The listeners of a definition, bound to its resources. */
export function listenersOf(
  { name, listens = {}, listensToMany = {} }: AnySubgraph,
  resources: Resources,
): Readonly<Record<string, InboxListener>> {
  const single = Object.entries(listens).map(([type, react]): [string, InboxListener] => [
    type,
    // The kit only needs raw SQL of the transaction; the definition gets the client that it opened.
    (envelope, tx) => react(envelope, tx as Parameters<typeof react>[1], resources),
  ])
  const listeners = Object.fromEntries(single)
  return single.length === 0
    ? listeners
    : { ...listeners, [replayTypeOf(name)]: replayListener(listeners, listensToMany) }
}

/** The listeners of a definition whose messages are gathered, by message type. */
export function gatheredListenersOf({
  gathersMessages = false,
  listensToMany = {},
}: AnySubgraph): Readonly<Record<string, ManyListener>> {
  return gathersMessages ? listensToMany : {}
}

/** The trace of the work caused by a message. */
export function traceOf({ id, correlationId, traceparent }: Envelope): Trace {
  return newTrace({ requestId: id, correlationId, causationId: id, traceparent })
}

type InboxOptions = {
  consumer: string
  prisma: PrismaLike
  listeners: Readonly<Record<string, InboxListener>>
  /** The listeners whose messages wait for others, to be handled in one transaction. */
  gathered?: Readonly<Record<string, ManyListener>>
  /** Longest time that such a message waits, in milliseconds. With 0 none waits. */
  gatherMs?: number
  log: Logger
  /** Called after the commit of a message whose listener wrote to the outbox. */
  onWrote: () => void
}

/**
 * Makes listeners idempotent: the inbox row (consumer, event id) and the listener's effect are one
 * transaction, so a duplicate has no effect. The row goes to PostgreSQL with the listener's first statement: if the message was handled before,
 * PostgreSQL refuses the row, and skips the statement. It logs the refusal as an error, so a message that is known to be delivered again is looked up
 * first. A message that keeps failing is moved to `dead_letter`.
 */
export function inbox(options: InboxOptions): Handle {
  const { consumer, prisma, listeners, gathered = {}, gatherMs = 0, log, onWrote } = options
  const delivered = new LRUCache<string, true>({ max: REMEMBERED_MESSAGES })
  const failures = new LRUCache<string, number>({ max: COUNTED_MESSAGES })

  async function bury(envelope: Envelope, reason: string): Promise<void> {
    const buried = await prisma.$transaction(async (tx) => {
      // Another replica may have handled it meanwhile.
      if ((await tx.$executeRawUnsafe(ENTER_IF_NEW, consumer, envelope.id)) === 0) return false
      await tx.$executeRawUnsafe(BURY, consumer, envelope.id, JSON.stringify(envelope), reason)
      // The failure of a message about a failure is only logged, since its message could fail again without
      // end.
      if (envelope.type !== MESSAGE_FAILED) await appendEvents(tx, [messageFailed(consumer, envelope)])
      return true
    })
    if (buried)
      log.error({ eventId: envelope.id, type: envelope.type, reason }, 'a message was moved to dead_letter')
  }

  const isInInbox = async (eventId: string): Promise<boolean> => {
    try {
      return (await prisma.$queryRawUnsafe<unknown[]>(FIND, consumer, eventId)).length > 0
    } catch {
      return false
    }
  }

  /**
   * @param begin called when the database has the inbox row: a later failure is caused by the message itself
   */
  async function handle(envelope: Envelope, begin: () => void): Promise<void> {
    const listener = listeners[envelope.type]
    if (!listener) return
    let isEntered = false
    try {
      await prisma.$transaction(async (tx) => {
        await executeLater(tx, { text: ENTER, values: [consumer, envelope.id] }, () => {
          isEntered = true
          begin()
        })
        try {
          await listener(envelope, tx)
        } catch (error) {
          // A listener that failed before its first statement counts as failed only if the message is new and
          // the database is available.
          if (!isEntered) await executeWaiting(tx)
          throw error
        }
        failpoint('inbox.handled')
      })
    } catch (error) {
      // The listener may have replaced the error of the inbox row by its own.
      const isRepeated = isHandledBefore(error) || (!isEntered && (await isInInbox(envelope.id)))
      if (!isRepeated) throw error
    }
    failpoint('inbox.committed')
  }

  /** Handles new messages in one transaction, those of each type together. Fails if one was handled before. */
  async function handleAll(messages: readonly Envelope[]): Promise<void> {
    const trace = newTrace()
    await withTrace(trace, async () => {
      await prisma.$transaction(async (tx) => {
        await executeLater(tx, { text: ENTER_ALL, values: [consumer, messages.map(({ id }) => id)] })
        // In one order for all batches, so that two of them rarely wait for each other's rows.
        for (const [type, listener] of Object.entries(gathered)) {
          const some = messages.filter((message) => message.type === type)
          if (some.length > 0) await listener(some, tx)
        }
        failpoint('inbox.handled')
      })
      failpoint('inbox.committed')
    })
    followUp(trace, onWrote)
  }

  async function handleOne(envelope: Envelope): Promise<void> {
    const { id } = envelope
    const trace = traceOf(envelope)
    await withTrace(trace, async () => {
      let begun = false
      try {
        await handle(envelope, () => {
          begun = true
        })
        failures.delete(id)
      } catch (error) {
        const reason = reasonOf(error)
        // While the database is unavailable, full, read-only or locked, failures do not count: a long outage must not
        // use up the attempts of the waiting messages.
        const count = (failures.get(id) ?? 0) + (begun && !isOutage(error) ? 1 : 0)
        failures.set(id, count)
        log.warn({ eventId: id, type: envelope.type, count, err: error }, 'a message was not handled')
        if (count < MAX_ATTEMPTS) throw error
        await bury(envelope, reason)
        failures.delete(id)
      }
    })
    followUp(trace, onWrote)
  }

  const gatherOne = gatherMessages({ windowMs: gatherMs, handleAll, handleOne, isFailureOfAll: isOutage })

  return async (envelope, isRedelivered = false) => {
    const { id, type } = envelope
    const isAgain = isRedelivered || delivered.has(id)
    delivered.set(id, true)
    if (isAgain && (await isInInbox(id))) return
    await (gatherMs > 0 && !isAgain && gathered[type] ? gatherOne(envelope) : handleOne(envelope))
  }
}

/**
 * `kit.message.failed`: a message became a dead letter. The reason stays with the consumer, since it may
 * contain personal data.
 */
function messageFailed(consumer: string, { id: eventId, type }: Envelope): NewEvent {
  return { type: MESSAGE_FAILED, subject: eventId, sequence: 1, data: { consumer, eventId, type } }
}
