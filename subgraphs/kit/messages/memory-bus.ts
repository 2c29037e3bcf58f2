import type { Envelope } from './envelope.ts'
import type { EventBus, Handle } from './event-bus.ts'

/** A durable consumer and its message types. */
export type DurableConsumer = { readonly consumer: string; readonly types: readonly string[] }

/**
 * The event bus of the embedded mode: all subgraphs in one process. It stores nothing: `publish` resolves
 * only when every durable consumer of the type has handled the message, and until then the row stays in the
 * publisher's outbox. So a kill loses nothing, and a stopped subgraph gets its messages when it is back.
 * @param durable the consumers that exist, running or not.
 */
export function memoryBus(durable: readonly DurableConsumer[]): EventBus {
  const handlers = new Map<string, Handle>()
  const inHand = new Map<string, Set<Promise<void>>>()

  async function deliver({ consumer }: DurableConsumer, envelope: Envelope): Promise<void> {
    const handle = handlers.get(consumer)
    if (!handle) throw new Error(`${consumer} is not running`)
    const work = handle(envelope)
    const mine = inHand.get(consumer)
    mine?.add(work)
    try {
      await work
    } finally {
      mine?.delete(work)
    }
  }

  return {
    async publish(envelope) {
      const wanting = durable.filter(({ types }) => types.includes(envelope.type))
      const results = await Promise.allSettled(wanting.map((consumer) => deliver(consumer, envelope)))
      const failed = results.find((result) => result.status === 'rejected')
      if (failed) throw failed.reason
    },

    async subscribe(consumer, types, handle) {
      const known = durable.find((one) => one.consumer === consumer)
      const unknown = types.find((type) => !known?.types.includes(type))
      if (unknown) throw new Error(`${consumer} subscribes to ${unknown}, which it did not declare`)
      if (handlers.has(consumer)) throw new Error(`${consumer} is subscribed already`)
      handlers.set(consumer, handle)
      inHand.set(consumer, new Set())
      return {
        async close() {
          handlers.delete(consumer)
          await Promise.allSettled([...(inHand.get(consumer) ?? [])])
        },
      }
    },

    ready: async () => {},
    close: async () => handlers.clear(),
  }
}
