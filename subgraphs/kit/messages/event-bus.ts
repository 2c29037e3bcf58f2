import type { Envelope } from './envelope.ts'

/**
 * Handles one message; if it rejects, the message is delivered again later.
 * @param isRedelivered whether the bus has delivered the message before
 */
export type Handle = (envelope: Envelope, isRedelivered?: boolean) => Promise<void>

/**
 * The message broker between subgraphs: at-least-once delivery, in any order. Implemented by NATS JetStream
 * and in memory.
 */
export interface EventBus {
  /**
   * Resolves when the bus guarantees delivery: if the process then dies, every consumer still gets the
   * message.
   */
  publish(envelope: Envelope): Promise<void>
  /** Delivers messages of these types to a durable consumer, including those published while it was away. */
  subscribe(consumer: string, types: readonly string[], handle: Handle): Promise<Subscription>
  /** Rejects with the reason if the bus cannot carry messages now. */
  ready(): Promise<void>
  close(): Promise<void>
}

export interface Subscription {
  /** Stops delivery and waits for messages being handled. The consumer keeps its position in the stream. */
  close(): Promise<void>
}
