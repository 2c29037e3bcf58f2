import {
  AckPolicy,
  type Consumer,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
} from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Logger } from 'pino'
import { reasonOf } from '../service/reason.ts'
import { placeOf, StartFailure } from '../service/start-failure.ts'
import type { EventBus } from './event-bus.ts'
import { deliver, envelopeOf, type MessageSource } from './jetstream-delivery.ts'
import { type WatchedConsumer, watchWithheld } from './withheld-messages.ts'

type Options = {
  /** nats://host:port, with user and password if the server requires them. */
  servers: string
  /** The connection's name in the server's monitoring. */
  client: string
  log: Logger
  stream?: string
  /** Time between two looks for messages that the server withholds, in milliseconds. */
  lookMs?: number | undefined
}

const SECOND_NS = 1_000_000_000
const DAY_NS = 24 * 60 * 60 * SECOND_NS
/**
 * Time limit for a handler before the message is redelivered, possibly to another replica. The handler's
 * transaction ends earlier.
 */
const ACK_WAIT_NS = 30 * SECOND_NS
/**
 * The stream keeps messages for a week for consumers that are away; the publishers' outboxes keep them
 * longer.
 */
const KEPT_NS = 7 * DAY_NS
/** The server drops a repeated message id within this window, which absorbs most retries of the relay. */
const DUPLICATE_WINDOW_NS = 120 * SECOND_NS
/** Time limit for connecting to the server. */
const CONNECT_MS = 5_000
/** Pause between two attempts to reconnect. */
const RECONNECT_MS = 500
/** Time limit for an answer of the server. A message that it stores later is recognised by its id. */
const ANSWER_MS = 2_000
/** JetStream's error code for a stream that exists with another configuration. */
const STREAM_DIFFERS = 10_058
/** JetStream's error codes for what does not exist. */
const CONSUMER_NOT_FOUND = 10_014
const STREAM_NOT_FOUND = 10_059

/**
 * The event bus of services and clusters: one NATS JetStream stream for all subgraphs. Each consumer has one
 * durable pull consumer per message type, shared by its replicas. Since each type has its own position in the
 * stream, a version that listens to a new type gets all stored messages of that type. `publish` resolves on
 * the stream's acknowledgement.
 * @throws StartFailure if the server does not answer
 */
export async function openJetStreamBus({
  servers,
  client,
  log,
  stream = 'argyle',
  lookMs,
}: Options): Promise<EventBus> {
  const { connection, manager } = await open(servers, client, stream)
  const js = jetstream(connection, { timeout: ANSWER_MS })
  return {
    async publish(envelope) {
      await js.publish(`${stream}.${envelope.type}`, JSON.stringify(envelope), { msgID: envelope.id })
    },

    async subscribe(consumer, types, handle) {
      const places = types.map((type): Place => ({ stream, consumer, type }))
      const sources = await Promise.all(places.map((place) => openSource(js, manager, place)))
      const delivery = deliver(sources, handle, log)
      const watched = places.map((place) => watchedConsumer(connection, manager, place))
      const watch = watchWithheld(watched, { handle, log, lookMs })
      return {
        async close() {
          await Promise.all([delivery.close(), watch.close()])
        },
      }
    },

    async ready() {
      await manager.streams.info(stream)
    },

    close: () => close(connection),
  }
}

async function open(servers: string, client: string, stream: string) {
  const { host, username, password } = new URL(servers)
  const account = username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : {}
  let connection: NatsConnection | null = null
  try {
    // Reconnect for ever: after a broker restart clients return, and meanwhile the outboxes hold the
    // messages.
    const patience = { timeout: CONNECT_MS, maxReconnectAttempts: -1, reconnectTimeWait: RECONNECT_MS }
    connection = await connect({ servers: host, name: client, ...account, ...patience })
    const manager = await jetstreamManager(connection, { timeout: ANSWER_MS })
    await ensureStream(manager, stream)
    return { connection, manager }
  } catch (error) {
    await connection?.close()
    throw new StartFailure(`the event bus ${placeOf(servers)} cannot be used: ${reasonOf(error)}`)
  }
}

/**
 * Creates or updates the stream; every service does it at start. Settings of an operator, e.g. replicas, are
 * kept.
 */
async function ensureStream(manager: JetStreamManager, stream: string): Promise<void> {
  const limits = {
    subjects: [`${stream}.>`],
    max_age: KEPT_NS,
    duplicate_window: DUPLICATE_WINDOW_NS,
  }
  try {
    await manager.streams.add({ name: stream, retention: RetentionPolicy.Limits, ...limits })
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === STREAM_DIFFERS)) throw error
    await manager.streams.update(stream, limits)
  }
}

type Place = { stream: string; consumer: string; type: string }

/** A consumer name may not contain dots. */
const durableOf = ({ consumer, type }: Omit<Place, 'stream'>) => `${consumer}-${type.replaceAll('.', '-')}`

async function create(js: JetStreamClient, manager: JetStreamManager, place: Place): Promise<Consumer> {
  const { stream, type } = place
  const durable = durableOf(place)
  await manager.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    ack_wait: ACK_WAIT_NS,
    filter_subject: `${stream}.${type}`,
  })
  return js.consumers.get(stream, durable)
}

const isMissing = (error: unknown) =>
  error instanceof JetStreamApiError && (error.code === CONSUMER_NOT_FOUND || error.code === STREAM_NOT_FOUND)

/**
 * Opens the durable consumer of a place. If an operator deletes it, or the server loses its storage, `restore` creates it again; it then
 * gets all messages that the stream has, and the inbox ignores those that were handled.
 */
async function openSource(
  js: JetStreamClient,
  manager: JetStreamManager,
  place: Place,
): Promise<MessageSource> {
  let consumer = await create(js, manager, place)
  return {
    fetch: (options) => consumer.fetch(options),
    async restore() {
      try {
        consumer = await js.consumers.get(place.stream, durableOf(place))
      } catch (error) {
        if (!isMissing(error)) throw error
        await ensureStream(manager, place.stream)
        consumer = await create(js, manager, place)
      }
    },
  }
}

function watchedConsumer(
  connection: NatsConnection,
  manager: JetStreamManager,
  { stream, consumer, type }: Place,
): WatchedConsumer {
  const name = durableOf({ consumer, type })
  return {
    name,
    async outstanding() {
      const { num_ack_pending, ack_floor, delivered } = await manager.consumers.info(stream, name)
      if (num_ack_pending === 0) return null
      return { after: ack_floor.stream_seq, delivered: delivered.stream_seq }
    },
    async read(after) {
      // The client's type has the next message of a subject for streams with direct access only; the server has it for all.
      const next = { seq: after + 1, next_by_subj: `${stream}.${type}` }
      const message = await manager.streams.getMessage(stream, next)
      return message && { seq: message.seq, envelope: envelopeOf(message) }
    },
    async acknowledge(seq) {
      // The subject of an acknowledgement: deliveries, position in the stream, position in the consumer, time, pending. The server goes by
      // the position in the stream, and answers when it has counted it.
      const subject = `$JS.ACK.${stream}.${name}.1.${seq}.${seq}.0.0`
      await connection.request(subject, '+ACK', { timeout: ANSWER_MS })
    },
  }
}

/** Flushes pending data, mainly acknowledgements; does not wait for a broker that is gone. */
async function close(connection: NatsConnection): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ANSWER_MS)
  await Promise.race([connection.drain().catch(() => {}), late])
  clearTimeout(timer)
  await connection.close()
}
