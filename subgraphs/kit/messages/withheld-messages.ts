import type { Logger } from 'pino'
import { reasonOf } from '../service/reason.ts'
import type { Envelope } from './envelope.ts'
import type { Handle, Subscription } from './event-bus.ts'

/** Time between two looks at a consumer. */
const LOOK_MS = 30_000
/**
 * Looks at which the oldest unacknowledged message of a consumer must be the same before it counts as withheld: 120 s, longer than the
 * acknowledgement wait of 30 s and the longest pause before a redelivery, 60 s, together.
 */
const LOOKS = 4
/** Maximum number of messages that one look takes from a consumer; the next look takes further ones. */
const MAX_PER_CHECK = 100

/** A stored message: its position in the stream and its envelope, null if it is none. */
export type Stored = { readonly seq: number; readonly envelope: Envelope | null }

/** Positions of a consumer in the stream. */
export type Outstanding = {
  /** All messages up to here are acknowledged. */
  readonly after: number
  /** The last delivered message. */
  readonly delivered: number
}

/** The server's side of a durable consumer. */
export type WatchedConsumer = {
  readonly name: string
  /** Null if all delivered messages are acknowledged. */
  outstanding(): Promise<Outstanding | null>
  /** The consumer's first stored message after a position; null if there is none. */
  read(after: number): Promise<Stored | null>
  acknowledge(seq: number): Promise<void>
}

type Options = {
  readonly handle: Handle
  readonly log: Logger
  /** Time between two looks, in milliseconds. */
  readonly lookMs?: number | undefined
}

/**
 * Handles messages that the server counts as delivered and does not redeliver. A NATS server that is killed restores the state of a consumer
 * from a file of its own; version 2.9 has been seen to withhold a message for ever after that, while fetches waited. Such a message is read
 * from the stream, handled, and acknowledged. If another replica handles it too, the inbox ignores the second time.
 */
export function watchWithheld(
  consumers: readonly WatchedConsumer[],
  { handle, log, lookMs = LOOK_MS }: Options,
): Subscription {
  const seen = new Map<WatchedConsumer, { readonly first: Outstanding; looks: number }>()
  let stopped = false
  let looking: Promise<void> | null = null

  /** @returns the positions at the first of `LOOKS` looks at which the oldest unacknowledged message was the same */
  function longOutstanding(consumer: WatchedConsumer, now: Outstanding): Outstanding | null {
    let known = seen.get(consumer)
    if (known?.first.after !== now.after) known = { first: now, looks: 0 }
    known.looks += 1
    seen.set(consumer, known)
    return known.looks > LOOKS ? known.first : null
  }

  async function release(consumer: WatchedConsumer, { seq, envelope }: Stored): Promise<void> {
    if (envelope) await handle(envelope, true)
    await consumer.acknowledge(seq)
    const about = { consumer: consumer.name, sequence: seq, eventId: envelope?.id, type: envelope?.type }
    log.warn(about, 'the event bus withheld a message; it was handled')
  }

  async function look(consumer: WatchedConsumer): Promise<void> {
    let now = await consumer.outstanding()
    if (now === null) {
      seen.delete(consumer)
      return
    }
    const long = longOutstanding(consumer, now)
    let after = now.after
    if (!long) return
    for (let taken = 0; now && taken < MAX_PER_CHECK && !stopped; taken++) {
      const message = await consumer.read(after)
      // Later deliveries may be in the hands of another replica.
      if (!message || message.seq > long.delivered) return
      await release(consumer, message)
      now = await consumer.outstanding()
      after = Math.max(message.seq, now?.after ?? 0)
    }
    // The other messages of the first look have waited as long, so the next look takes them.
    if (now) seen.set(consumer, { first: { ...long, after: now.after }, looks: LOOKS })
  }

  async function lookAtAll(): Promise<void> {
    for (const consumer of consumers) {
      if (stopped) return
      await look(consumer).catch((error) =>
        log.warn(
          { consumer: consumer.name, reason: reasonOf(error) },
          'the look for messages that the event bus withholds failed; it is repeated',
        ),
      )
    }
  }

  const timer = setInterval(() => {
    looking ??= lookAtAll().finally(() => {
      looking = null
    })
  }, lookMs)
  timer.unref()
  return {
    async close() {
      stopped = true
      clearInterval(timer)
      await looking
    },
  }
}
