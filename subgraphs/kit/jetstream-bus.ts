import { AckPolicy, type JsMsg, jetstream, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Logger } from 'pino'
import { type Envelope, envelopeSchema } from './envelope.ts'
import type { EventBus, Handle, Subscription } from './event-bus.ts'

type Options = { servers: string; client: string; log: Logger; stream?: string }

const MINUTE_NS = 60 * 1_000_000_000
/** A handler has this long before the message is given to another replica. */
const ACK_WAIT_NS = MINUTE_NS / 2
/** Messages are kept a week for consumers that come late; the publishers' outboxes hold them for good. */
const KEPT_NS = 7 * 24 * 60 * MINUTE_NS
/** The server drops a message id that it saw within this window: a relay's second try is absorbed early. */
const DUPLICATE_WINDOW_NS = 2 * MINUTE_NS
const MOST_IN_HAND = 16
const LONGEST_PAUSE_MS = 60_000

/**
 * The bus of services and clusters: one NATS JetStream stream for all subgraphs, a durable pull consumer for each
 * subscriber, shared by its replicas. `publish` resolves on the stream's acknowledgement.
 */
export async function openJetStreamBus({
  servers,
  client,
  log,
  stream = 'argyle',
}: Options): Promise<EventBus> {
  const connection = await connect({ servers, name: client, maxReconnectAttempts: -1 })
  const subjectOf = (type: string) => `${stream}.${type}`
  await ensureStream(connection, stream)
  const js = jetstream(connection)

  return {
    async publish(envelope) {
      await js.publish(subjectOf(envelope.type), JSON.stringify(envelope), { msgID: envelope.id })
    },

    async subscribe(consumer, types, handle) {
      if (types.length === 0) return { close: async () => {} }
      const manager = await jetstreamManager(connection)
      await manager.consumers.add(stream, {
        durable_name: consumer,
        ack_policy: AckPolicy.Explicit,
        ack_wait: ACK_WAIT_NS,
        max_ack_pending: MOST_IN_HAND,
        filter_subjects: types.map(subjectOf),
      })
      const source = await js.consumers.get(stream, consumer)
      const messages = await source.consume({ max_messages: MOST_IN_HAND })
      return consume(messages, handle, log)
    },

    async ready() {
      await connection.flush()
    },

    async close() {
      await connection.drain()
    },
  }
}

async function ensureStream(connection: NatsConnection, stream: string): Promise<void> {
  const manager = await jetstreamManager(connection)
  const config = {
    name: stream,
    subjects: [`${stream}.>`],
    retention: RetentionPolicy.Limits,
    max_age: KEPT_NS,
    duplicate_window: DUPLICATE_WINDOW_NS,
  }
  // Adding a stream with the same configuration again is no error, so every service may do it at start.
  await manager.streams.add(config)
}

/** 0.1 s, 0.2 s, 0.4 s … up to a minute. */
function pauseMs(deliveries: number): number {
  return Math.min(100 * 2 ** (deliveries - 1), LONGEST_PAUSE_MS)
}

function read(message: JsMsg): Envelope | null {
  try {
    return envelopeSchema.parse(message.json())
  } catch {
    return null
  }
}

async function take(message: JsMsg, handle: Handle, log: Logger): Promise<void> {
  const envelope = read(message)
  if (!envelope) {
    log.error(
      { subject: message.subject, sequence: message.seq },
      'a message that is no envelope was dropped',
    )
    message.term('not an envelope')
    return
  }
  try {
    await handle(envelope)
    message.ack()
  } catch {
    // The inbox has logged why; the stream brings it back.
    message.nak(pauseMs(message.info.deliveryCount))
  }
}

type Messages = AsyncIterable<JsMsg> & { close(): Promise<unknown> }

function consume(messages: Messages, handle: Handle, log: Logger): Subscription {
  const inHand = new Set<Promise<void>>()
  const loop = (async () => {
    for await (const message of messages) {
      const work = take(message, handle, log).finally(() => inHand.delete(work))
      inHand.add(work)
    }
  })()
  loop.catch((error) => log.error({ err: error }, 'message delivery ended'))
  return {
    async close() {
      await messages.close()
      await Promise.allSettled([loop, ...inHand])
    },
  }
}
