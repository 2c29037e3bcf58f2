// Tested in jetstream-bus.services.test.ts too: most of a delivery needs its bus.

import { setTimeout as pause } from 'node:timers/promises'
import type { Consumer, JsMsg } from '@nats-io/jetstream'
import type { Logger } from 'pino'
import { reasonOf } from '../service/reason.ts'
import { type Envelope, envelopeSchema } from './envelope.ts'
import type { Handle, Subscription } from './event-bus.ts'
import { MAX_GATHERED } from './gather-messages.ts'

/** Messages that one replica handles concurrently. */
const MAX_IN_PROGRESS = MAX_GATHERED
/** Maximum number of messages in one fetch of one message type. */
const MAX_FETCHED = 8
/** Time after which an empty fetch returns and is repeated. */
const MAX_FETCH_MS = 30_000
/** Pause after a fetch that failed. */
const RETRY_MS = 1_000
/**
 * Delay for messages that are returned at a stop. The server may consider a fetch open a quarter of a second
 * longer than its sender, and would redeliver a message to it.
 */
const GIVE_BACK_MS = 300
/** Longest pause before redelivery. */
const MAX_PAUSE_MS = 60_000

/** The pause before redelivery: 0.1 s, 0.2 s, 0.4 s … up to a minute. */
function pauseMs(deliveries: number): number {
  return Math.min(100 * 2 ** (deliveries - 1), MAX_PAUSE_MS)
}

/** The envelope in a message; null if it holds none. */
export function envelopeOf(message: Pick<JsMsg, 'json'>): Envelope | null {
  try {
    return envelopeSchema.parse(message.json())
  } catch {
    return null
  }
}

async function take(message: JsMsg, handle: Handle, log: Logger): Promise<void> {
  const envelope = envelopeOf(message)
  if (!envelope) {
    log.error(
      { subject: message.subject, sequence: message.seq },
      'a message without a valid envelope was dropped',
    )
    message.term()
    return
  }
  try {
    await handle(envelope, message.redelivered)
    message.ack()
  } catch {
    // The inbox has logged the reason; the stream redelivers the message.
    message.nak(pauseMs(message.info.deliveryCount))
  }
}

/** A durable consumer of the server. */
export type MessageSource = Pick<Consumer, 'fetch'> & {
  /** Creates it, and its stream, again where the server no longer has them. */
  restore(): Promise<void>
}

/**
 * Passes messages from these sources to the handler. A message is acknowledged when the handler resolves, and
 * redelivered when it rejects. Messages are fetched in small batches, one after another, so that no replica
 * holds more than it can soon handle. A fetch that fails is repeated after `retryMs`, from a source that is restored.
 */
export function deliver(
  sources: readonly MessageSource[],
  handle: Handle,
  log: Logger,
  retryMs = RETRY_MS,
): Subscription {
  const stopping = new AbortController()
  const { signal } = stopping
  const inHand = new Set<Promise<void>>()

  async function begin(message: JsMsg): Promise<void> {
    while (inHand.size >= MAX_IN_PROGRESS) await Promise.race(inHand)
    // Return messages that were fetched but not started, for another replica or the next start.
    if (signal.aborted) return message.nak(GIVE_BACK_MS)
    const work = take(message, handle, log).finally(() => inHand.delete(work))
    inHand.add(work)
  }

  async function fetchBatch(source: MessageSource): Promise<void> {
    const batch = await source.fetch({ max_messages: MAX_FETCHED, expires: MAX_FETCH_MS })
    const stop = () => batch.stop()
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    try {
      for await (const message of batch) await begin(message)
    } finally {
      // Remove the listener after a failed fetch too: while the server is unavailable, each retry adds one.
      signal.removeEventListener('abort', stop)
    }
  }

  async function run(source: MessageSource): Promise<void> {
    while (!signal.aborted) {
      try {
        await fetchBatch(source)
      } catch (error) {
        log.error({ err: error }, 'fetching messages failed; it is retried')
        await pause(retryMs, undefined, { signal }).catch(() => {})
        if (signal.aborted) return
        await source
          .restore()
          .catch((reason) =>
            log.warn(
              { reason: reasonOf(reason) },
              'a consumer of the event bus could not be opened; it is retried',
            ),
          )
      }
    }
  }

  const loops = sources.map(run)
  return {
    async close() {
      stopping.abort()
      await Promise.all(loops)
      await Promise.all(inHand)
    },
  }
}
