// Tested in start.e2e.test.ts: the test starts a router.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Explained, explainDocument } from './explain.ts'
import { subgraphHealth } from './fetching/subgraph-health.ts'
import { connectionAddress } from './http/connection/client-address.ts'
import { forwarding } from './http/connection/forward.ts'
import { type EndpointParts, graphqlEndpoint } from './http/graphql-endpoint.ts'
import { persistedOperations } from './http/request/persisted-operations.ts'
import { listen } from './http/server.ts'
import { connectionPools, type Pools } from './http-client/pools.ts'
import { textLimits } from './operation/limits/document-limits.ts'
import { accessTokens, type Identify } from './security/access-token.ts'
import { ANONYMOUS } from './security/identity.ts'
import { internalTokens } from './security/internal-token.ts'
import { remoteKeySet } from './security/jwks.ts'
import { readersBy } from './security/readers.ts'
import { newSlot, type ServingParts, serve } from './serving.ts'
import { parseSettings, type RouterSettings } from './settings.ts'
import { readSdl, type SdlOnDisk } from './supergraph/read-sdl.ts'
import { buildSupergraph, type LoadedSupergraph } from './supergraph/supergraph.ts'
import { watchSupergraph } from './supergraph/watch.ts'
import { type Log, openLog } from './telemetry/log.ts'
import { messageOf, UsageError } from './usage-error.ts'

/** Settings for the verification of access tokens. */
export type AccessTokenOptions = {
  /** URL of the issuer's keys. */
  readonly jwksUrl: string
  /** Time limit of a fetch of the keys, in milliseconds; three seconds by default. */
  readonly keysTimeMs?: number
  readonly issuer: string
  readonly audience: string
}

export type RouterOptions = {
  /**
   * A supergraph SDL or `supergraph.yaml`, watched for changes; or the SDL itself, which is constant. `kept`
   * is the file with the last composition, for a start without composing.
   */
  readonly supergraph: { readonly file: string; readonly kept?: string } | { readonly sdl: string }
  /** 0 takes any free port. */
  readonly port: number
  readonly host?: string
  /** As returned by `readSettings`; all defaults if undefined. */
  readonly settings?: RouterSettings
  /** By subgraph name; they take precedence over settings and supergraph. */
  readonly subgraphUrls?: Readonly<Record<string, string>>
  /** Undefined: every caller is anonymous, and tokens are neither read nor refused. */
  readonly accessTokens?: AccessTokenOptions | undefined
  /** 32 bytes, from which each subgraph's key is derived. Undefined: subgraphs get no internal token. */
  readonly internalTokenMasterKey?: Uint8Array | undefined
  /** 'reference': executeQueryPlan of @apollo/gateway, under Apollo Server. */
  readonly executor?: 'compiled' | 'reference'
  /** Number of runs before the compiled executor generates code for an operation; 8 by default. */
  readonly runsBeforeCode?: number | undefined
  /** Turns introspection, suggestions and the explorer off. */
  readonly production?: boolean
  /** Plans some operations for every supergraph before it serves. */
  readonly warm?: boolean
  readonly log?: Log
}

export type Router = {
  /** The GraphQL endpoint. */
  readonly url: string
  readonly port: number
  /** Identifies the supergraph that currently serves. */
  supergraphId(): string
  /** Answers the requests that have begun, then releases all resources. */
  close(): Promise<void>
}

export const DEFAULT_EXECUTOR = 'compiled'

/** Loads a supergraph and serves it. @throws UsageError if a file, an option or the port cannot be used. */
export async function startRouter(options: RouterOptions): Promise<Router> {
  const { port, host = '127.0.0.1', executor = DEFAULT_EXECUTOR } = options
  const parts = await servingParts(options)
  const { settings, pools, identify, production, log } = parts
  const readAt = Date.now()
  const disk = await readSource(options.supergraph)
  const first = build(options.supergraph, disk)
  const ready = async (supergraph: LoadedSupergraph) => {
    const serving = serve(supergraph, parts)
    if (options.warm) await serving.warmUp()
    return serving
  }
  const slot = newSlot(await ready(first))
  const endpoint = await openEndpoint(executor, { slot, identify, settings, production, log })
  const { path } = settings.http
  const forwarder = forwarding(settings, log)
  const server = await listen(port, host, {
    graphql: endpoint.answer,
    path,
    slot,
    forwarding: forwarder,
    explorer: !production,
    limits: settings.limits,
    addressOf: connectionAddress(settings.http.trusted_proxies),
    log,
  })
  const serving = { servingId: first.id, readAt }
  const stopWatching = watch(options.supergraph, disk, serving, parts, async (next) =>
    slot.swap(await ready(next)),
  )
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${server.port}${path}`,
    port: server.port,
    supergraphId: () => slot.current().supergraph.id,
    async close() {
      await stopWatching()
      await server.close()
      await endpoint.close()
      forwarder.close()
      pools.close()
    },
  }
}

/**
 * Describes how each operation of a document would be run. Nothing is fetched.
 * @param hasCode whether to include the generated code.
 * @throws UsageError if the supergraph cannot be used, or the text is not a document.
 */
export async function explain(options: RouterOptions, text: string, hasCode = false): Promise<Explained> {
  const disk = await readSource(options.supergraph)
  return explainDocument(serve(build(options.supergraph, disk), await servingParts(options)), text, hasCode)
}

async function servingParts({
  production = false,
  log = openLog('info'),
  ...options
}: RouterOptions): Promise<ServingParts & { readonly identify: Identify }> {
  const settings = options.settings ?? parseSettings({}, 'the settings')
  const isReference = (options.executor ?? DEFAULT_EXECUTOR) === 'reference'
  const pools = connectionPools(settings.fetching.connections)
  const identify = identifyBy(options.accessTokens, pools, log)
  return {
    settings,
    subgraphUrls: new Map(Object.entries(options.subgraphUrls ?? {})),
    pools,
    identify,
    readers: readersBy(identify, log),
    healthOf: subgraphHealth(settings.fetching, log),
    mint: options.internalTokenMasterKey ? internalTokens(options.internalTokenMasterKey) : null,
    reference: isReference ? (await import('./reference/reference-executor.ts')).referenceExecutor : null,
    runsBeforeCode: options.runsBeforeCode,
    production,
    log,
  }
}

type Endpoint = {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  close(): Promise<void>
}

async function openEndpoint(
  executor: NonNullable<RouterOptions['executor']>,
  parts: Omit<EndpointParts, 'operationText'>,
): Promise<Endpoint> {
  const { slot, identify, settings, production, log } = parts
  if (executor === 'compiled') {
    const { persisted: texts, text: characters } = settings.cache
    const operationText = persistedOperations({ texts, characters })
    return { answer: graphqlEndpoint({ ...parts, operationText }), close: async () => {} }
  }
  const { startApollo } = await import('./reference/apollo-server.ts')
  const { apolloEndpoint } = await import('./reference/apollo-endpoint.ts')
  const apollo = await startApollo(slot, settings, { production, log })
  const checkText = textLimits(settings.limits)
  return {
    answer: apolloEndpoint({ apollo, identify, checkText, settings, log }),
    close: () => apollo.stop(),
  }
}

async function readSource(source: RouterOptions['supergraph']): Promise<SdlOnDisk | null> {
  return 'file' in source ? readSdl(source.file, source.kept) : null
}

function build(source: RouterOptions['supergraph'], disk: SdlOnDisk | null): LoadedSupergraph {
  const sdl = disk?.sdl ?? ('sdl' in source ? source.sdl : '')
  try {
    return buildSupergraph(sdl, !disk?.composed)
  } catch (error) {
    const name = 'file' in source ? source.file : 'The given SDL'
    throw new UsageError(`${name} is not a supergraph that can be served: ${messageOf(error)}`)
  }
}

function identifyBy(options: AccessTokenOptions | undefined, pools: Pools, log: Log): Identify {
  if (!options) return () => ANONYMOUS
  const { jwksUrl, keysTimeMs: timeMs } = options
  return accessTokens(remoteKeySet({ url: new URL(jwksUrl), pools, log, timeMs }), options)
}

function watch(
  source: RouterOptions['supergraph'],
  disk: SdlOnDisk | null,
  serving: { readonly servingId: string; readonly readAt: number },
  { log }: ServingParts,
  swap: (supergraph: LoadedSupergraph) => Promise<void>,
): () => Promise<void> {
  if (!disk || !('file' in source)) return async () => {}
  return watchSupergraph({ file: source.file, files: disk.files, ...serving, log, swap })
}
