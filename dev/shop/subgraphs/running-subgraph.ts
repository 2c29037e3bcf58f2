// Tested in ../reload/watch.e2e.test.ts: a subgraph is replaced while the shop runs.

import type { Settings } from '@argyle/kit/config'
import type { EventBus } from '@argyle/kit/event-bus'
import { type ServedSubgraph, serveSubgraph } from '@argyle/kit/serve'
import type { AnySubgraph } from '@argyle/kit/subgraph'
import type { Logger } from 'pino'

/** A subgraph of a running shop, which can be stopped and started again. */
export type RunningSubgraph = {
  readonly name: string
  readonly url: string
  readonly port: number
  isRunning(): boolean
  /** No effect if it is stopped. */
  stop(): Promise<void>
  /** Starts it with the current code. No effect if it runs. */
  start(): Promise<void>
  /**
   * Replaces the running definition. If the new one does not start, the old one serves again. No effect if it
   * is stopped.
   * @throws the reason why it did not start
   */
  replace(definition: AnySubgraph): Promise<void>
}

export type Run = {
  readonly settings: Settings
  readonly bus: EventBus
  readonly log: Logger
  /** Called with each definition before it is served. */
  readonly use: (definition: AnySubgraph) => void
  /** The definition with the current code. */
  readonly renew: () => Promise<AnySubgraph>
}

export async function startSubgraph(
  first: AnySubgraph,
  { settings, bus, log, use, renew }: Run,
): Promise<RunningSubgraph> {
  const serve = (definition: AnySubgraph, port: string | undefined) => {
    use(definition)
    return serveSubgraph(definition, { settings: { ...settings, PORT: port }, bus, log })
  }
  const served = await serve(first, settings.PORT)
  const { url, port, name } = served
  let running: { readonly definition: AnySubgraph; readonly served: ServedSubgraph } | null = {
    definition: first,
    served,
  }
  const put = async (definition: AnySubgraph) => {
    running = { definition, served: await serve(definition, String(port)) }
  }
  const take = async () => {
    const taken = running
    running = null
    await taken?.served.close()
    return taken?.definition
  }
  // One change at a time, in the order of the calls: a stop during a start waits for it.
  let last: Promise<void> = Promise.resolve()
  const after = (change: () => Promise<void>) => {
    last = last.then(change, change)
    return last
  }
  return {
    name,
    url,
    port,
    isRunning: () => running !== null,
    stop: () => after(async () => void (await take())),
    start: () =>
      after(async () => {
        if (!running) await put(await renew())
      }),
    replace: (definition) =>
      after(async () => {
        const before = await take()
        if (!before) return
        try {
          await put(definition)
        } catch (error) {
          await put(before)
          throw error
        }
      }),
  }
}
