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
import { deliver } from './jetstream-delivery.ts'

type Options = {
  /** nats://host:port, with user and password where the server wants them. */
  servers: string
  /** Names the connection in the server's reports. */
  client: string
  log: Logger
  stream?: string
}

const SECOND_NS = 1_000_000_000
const DAY_NS = 24 * 60 * 60 * SECOND_NS
/** A handler has this long before the message is given to another replica; its transaction ends before. */
const ACK_WAIT_NS = 30 * SECOND_NS
/** Messages are kept a week for consumers that come late; the publishers' outboxes hold them longer. */
const KEPT_NS = 7 * DAY_NS
/** The server drops a message id that it saw within this window: a relay's second try is absorbed early. */
const DUPLICATE_WINDOW_NS = 120 * SECOND_NS
const CONNECT_MS = 5_000
const RECONNECT_MS = 500
/** How long the server may take to answer. A message that it took later all the same is known by its id. */
const ANSWER_MS = 2_000
/** JetStream's error code for a stream that exists with another configuration. */
const STREAM_DIFFERS = 10_058

/**
 * The bus of services and clusters: one NATS JetStream stream for all subgraphs; for each consumer and message type a
 * durable pull consumer, shared by the consumer's replicas. One a type, since its place in the stream is its own: a
 * version that listens to one type more gets all that is kept of it. `publish` resolves on the stream's acknowledgement.
 * @throws StartFailure when the bus does not answer
 */
export async function openJetStreamBus({
  servers,
  client,
  log,
  stream = 'argyle',
}: Options): Promise<EventBus> {
  const { connection, manager } = await open(servers, client, stream)
  const js = jetstream(connection, { timeout: ANSWER_MS })
  return {
    async publish(envelope) {
      await js.publish(`${stream}.${envelope.type}`, JSON.stringify(envelope), { msgID: envelope.id })
    },

    async subscribe(consumer, types, handle) {
      const sources = types.map((type) => sourceOf(js, manager, { stream, consumer, type }))
      return deliver(await Promise.all(sources), handle, log)
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
    // Without end: a broker that restarts finds its clients again, and the outboxes hold what is said meanwhile.
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

/** Every service does it at start. What an operator has set besides, replicas for example, stays as it is. */
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

type Source = { stream: string; consumer: string; type: string }

async function sourceOf(
  js: JetStreamClient,
  manager: JetStreamManager,
  { stream, consumer, type }: Source,
): Promise<Consumer> {
  // A name may hold no dot.
  const durable = `${consumer}-${type.replaceAll('.', '-')}`
  await manager.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    ack_wait: ACK_WAIT_NS,
    filter_subject: `${stream}.${type}`,
  })
  return js.consumers.get(stream, durable)
}

/** Sends what is still to be sent, acknowledgements above all; a broker that is gone is not waited for. */
async function close(connection: NatsConnection): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ANSWER_MS)
  await Promise.race([connection.drain().catch(() => {}), late])
  clearTimeout(timer)
  await connection.close()
}
