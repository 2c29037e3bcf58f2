import type { Settings } from '@argyle/kit/config'
import type { EventBus } from '@argyle/kit/event-bus'
import { type ServedSubgraph, serveSubgraph } from '@argyle/kit/serve'
import type { AnySubgraph } from '@argyle/kit/subgraph'
import type { Logger } from 'pino'

/** A subgraph of a running shop, which can be stopped and started again at its place. */
export type RunningSubgraph = {
  readonly name: string
  readonly url: string
  readonly port: number
  isRunning(): boolean
  /** Does nothing when it is stopped. */
  stop(): Promise<void>
  /** Does nothing when it runs. */
  start(): Promise<void>
}

export type Run = { readonly settings: Settings; readonly bus: EventBus; readonly log: Logger }

export async function runSubgraph(
  definition: AnySubgraph,
  { settings, bus, log }: Run,
): Promise<RunningSubgraph> {
  const serve = (port: string | undefined) =>
    serveSubgraph(definition, { settings: { ...settings, PORT: port }, bus, log })
  const first = await serve(settings.PORT)
  let served: ServedSubgraph | null = first
  // One change at a time, in the order asked for: a stop during a start waits for it.
  let last: Promise<void> = Promise.resolve()
  const after = (change: () => Promise<void>) => {
    last = last.then(change, change)
    return last
  }
  return {
    name: definition.name,
    url: first.url,
    port: first.port,
    isRunning: () => served !== null,
    stop: () =>
      after(async () => {
        const stopping = served
        served = null
        await stopping?.close()
      }),
    start: () =>
      after(async () => {
        served ??= await serve(String(first.port))
      }),
  }
}
