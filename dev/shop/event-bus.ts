import type { EventBus } from '@argyle/kit/event-bus'
import { memoryBus } from '@argyle/kit/memory-bus'
import type { AnySubgraph } from '@argyle/kit/subgraph'

/** The in-memory bus of a shop: every subgraph is a durable consumer of what it listens to, whether it runs or not. */
export function eventBusOf(definitions: readonly AnySubgraph[]): EventBus {
  return memoryBus(
    definitions.map(({ name, listens = {} }) => ({ consumer: name, types: Object.keys(listens) })),
  )
}
