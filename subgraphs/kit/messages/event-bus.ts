import type { Envelope } from './envelope.ts'

/** Handles one message; a rejection means: deliver it again later. */
export type Handle = (envelope: Envelope) => Promise<void>

/** What carries messages between subgraphs. At least once, in any order; NATS JetStream and the in-memory bus fit it. */
export interface EventBus {
  /** Resolves when the bus answers for the message: should the process die then, every consumer still gets it. */
  publish(envelope: Envelope): Promise<void>
  /** Delivers messages of these types to a durable consumer: what was published while it was away comes too. */
  subscribe(consumer: string, types: readonly string[], handle: Handle): Promise<Subscription>
  /** Rejects with the reason when the bus cannot carry messages now. */
  ready(): Promise<void>
  close(): Promise<void>
}

export interface Subscription {
  /** Stops delivery and waits for the messages in hand. The consumer's place in the stream is kept. */
  close(): Promise<void>
}
