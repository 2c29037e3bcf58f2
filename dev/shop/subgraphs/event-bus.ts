import type { EventBus } from '@argyle/kit/event-bus'
import { subscribedTypes } from '@argyle/kit/inbox'
import { memoryBus } from '@argyle/kit/memory-bus'
import type { AnySubgraph } from '@argyle/kit/subgraph'

/**
 * The in-memory bus of a shop: every subgraph is a durable consumer of the messages that it listens to,
 * running or not.
 * @param definitions by name; an entry may be replaced while the subgraph is stopped
 */
export function eventBusOf(definitions: ReadonlyMap<string, AnySubgraph>): EventBus {
  return memoryBus(
    [...definitions.keys()].map((consumer) => ({
      consumer,
      get types() {
        const definition = definitions.get(consumer)
        return definition ? subscribedTypes(definition) : []
      },
    })),
  )
}
