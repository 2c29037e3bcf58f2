// Tested in supergraph/hot-swap.e2e.test.ts: one supergraph is exchanged for another.

import type { DocumentNode, GraphQLSchema } from 'graphql'
import { compiledExecutor } from './execution/compiled-executor.ts'
import { errorPathCheck } from './execution/error-path-check.ts'
import { type FetchSubgraph, subgraphFetch } from './fetching/fetch-subgraph.ts'
import { headerRulesFor, namedSubgraphs } from './fetching/header-rules.ts'
import type { HealthOf } from './fetching/subgraph-health.ts'
import type { SubgraphRoute } from './fetching/subgraph-route.ts'
import type { Pools } from './http-client/pools.ts'
import { documentReader, type KnownDocument, knownDocuments } from './operation/document.ts'
import type { Executor } from './operation/executor.ts'
import { selectOperation } from './operation/operation.ts'
import { cachedOperations, type Operations } from './operation/operation-cache.ts'
import { quoted } from './quoted.ts'
import { queryPlans } from './reference/apollo-query-plans.ts'
import type { ReferenceSources, referenceExecutor } from './reference/reference-executor.ts'
import { subgraphSource } from './reference/subgraph-data-source.ts'
import type { MintToken } from './security/internal-token.ts'
import type { ReadReaders } from './security/readers.ts'
import type { RouterSettings } from './settings.ts'
import { sampleOperations } from './supergraph/sample-operations.ts'
import type { LoadedSupergraph } from './supergraph/supergraph.ts'
import type { Log } from './telemetry/log.ts'
import { UsageError } from './usage-error.ts'

/** A supergraph with the parts that answer requests by it. */
export type Serving = {
  readonly supergraph: LoadedSupergraph
  /** Parses and validates a text, or returns the cached result. @throws InvalidDocument */
  readonly document: (text: string) => KnownDocument
  readonly operations: Operations
  /** URL of each subgraph's GraphQL endpoint, by name. */
  readonly origins: ReadonlyMap<string, URL>
  /** Plans some sample operations, so that the first requests run warm code. */
  warmUp(): Promise<void>
}

/** Maximum time for warming up. */
const WARM_UP_MS = 500

/** Parts that outlive a supergraph. */
export type ServingParts = {
  readonly settings: RouterSettings
  /**
   * They take precedence over router.yaml, which takes precedence over the routing URLs of the supergraph.
   */
  readonly subgraphUrls: ReadonlyMap<string, string>
  readonly pools: Pools
  readonly healthOf: HealthOf
  /** null: subgraphs get no information about the caller. */
  readonly mint: MintToken | null
  /** Reads the readers that trusted subgraphs name. */
  readonly readers: ReadReaders
  /**
   * Loaded only to serve, since it brings @apollo/gateway: 40 MB and a second. null: the compiled executor
   * serves.
   */
  readonly reference: typeof referenceExecutor | null
  /** Undefined: the default. */
  readonly runsBeforeCode?: number | undefined
  readonly production: boolean
  readonly log: Log
}

/** @throws UsageError if a subgraph has no http(s) URL. */
export function serve(supergraph: LoadedSupergraph, parts: ServingParts): Serving {
  const { settings, production, log } = parts
  const routes = [...supergraph.subgraphs].map(([name, routingUrl]) => routeTo(name, routingUrl, parts))
  const unknown = namedSubgraphs(settings).filter((name) => !supergraph.subgraphs.has(name))
  if (unknown.length > 0)
    log.info({ subgraphs: unknown }, 'the settings refer to subgraphs that are not in the supergraph')
  const executor = parts.reference
    ? parts.reference(supergraph, sourcesFor(supergraph, routes, parts), queryPlans(supergraph))
    : compiled(supergraph, routes, parts)
  const read = documentReader(supergraph.clientSchema, settings.limits, production)
  const { cost } = settings.limits
  return {
    supergraph,
    document: knownDocuments(read, settings.cache),
    operations: cachedOperations(supergraph, executor, settings.cache, cost.list_size),
    origins: new Map(routes.map(({ name, url }) => [name, url])),
    // The reference executor would plan on the event loop.
    warmUp: () => (parts.reference ? Promise.resolve() : warmUp(supergraph, executor, read)),
  }
}

async function warmUp(
  supergraph: LoadedSupergraph,
  executor: Executor,
  read: (text: string) => DocumentNode,
): Promise<void> {
  const compiled = async (text: string) =>
    executor.compile(selectOperation(read(text), undefined, supergraph))
  const until = performance.now() + WARM_UP_MS
  for (const text of sampleOperations(supergraph.clientSchema)) {
    if (performance.now() > until) return
    // A sample that exceeds a limit or cannot be planned is skipped.
    const program = await compiled(text).catch(() => null)
    // Explaining also compiles the parts that depend on variables.
    program?.explain(true)
  }
}

function sourcesFor(
  { supergraphSchema }: LoadedSupergraph,
  routes: readonly SubgraphRoute[],
  { pools, log }: ServingParts,
): ReferenceSources {
  const leads = errorPathCheck(supergraphSchema)
  const sources = routes.map((route) => [
    route.name,
    subgraphSource(route, pools.pool(route.url.origin), leads, log),
  ])
  return Object.fromEntries(sources)
}

function compiled(
  supergraph: LoadedSupergraph,
  routes: readonly SubgraphRoute[],
  parts: ServingParts,
): Executor {
  const { pools, healthOf, settings, log } = parts
  const fetches = new Map<string, FetchSubgraph>()
  for (const route of routes) {
    const { name, url } = route
    fetches.set(name, subgraphFetch(route, pools.pool(url.origin), healthOf(name, url), log))
  }
  const { runsBeforeCode } = parts
  return compiledExecutor(supergraph, fetches, { ...settings.cache, runsBeforeCode })
}

function routeTo(
  name: string,
  routingUrl: string,
  { settings, subgraphUrls, mint, readers }: ServingParts,
): SubgraphRoute {
  const own = settings.subgraphs.get(name)
  return {
    name,
    url: urlOf(name, subgraphUrls.get(name) ?? own?.url ?? routingUrl),
    timeMs: own?.time ?? settings.fetching.time,
    maxRequestBytes: settings.fetching.request,
    maxBytes: settings.fetching.response,
    maxContent: { values: settings.fetching.values, scalar: settings.fetching.scalar },
    rules: headerRulesFor(name, settings),
    shares: settings.fetching.sharing,
    mint,
    readers: settings.identity.readers_from.includes(name) ? readers : null,
  }
}

function urlOf(subgraph: string, text: string): URL {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol)) return url
  throw new UsageError(
    `The subgraph ${quoted(subgraph)} has no http(s) URL to be reached at: ${quoted(text)}`,
  )
}

/** The supergraph that currently serves, and those with which requests in flight began. */
export type Slot = {
  current(): Serving
  /** The one whose schema a request was validated against, with which it must finish. */
  of(schema: GraphQLSchema): Serving
  /** Replaces the supergraph: requests that begin from now on use the new one. */
  swap(next: Serving): void
  onSwap(listener: (serving: Serving) => void): () => void
}

export function newSlot(first: Serving): Slot {
  let current = first
  // Weak, so that a supergraph is released with its last request.
  const bySchema = new WeakMap([[first.supergraph.clientSchema, first]])
  const listeners = new Set<(serving: Serving) => void>()
  return {
    current: () => current,
    of: (schema) => bySchema.get(schema) ?? current,
    swap(next) {
      bySchema.set(next.supergraph.clientSchema, next)
      current = next
      for (const listener of listeners) listener(next)
    },
    onSwap(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
