import { readFile } from 'node:fs/promises'
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default'
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph'
import { parse } from 'graphql'
import type { Logger } from 'pino'
import type { Committed } from '../database/committed.ts'
import type { Database } from '../database/database.ts'
import { formatErrors } from '../errors/errors.ts'
import { enforceAuthorization } from '../identity/authorization.ts'
import type { Viewer } from '../identity/identity.ts'
import type { EventBus, Handle } from '../messages/event-bus.ts'
import { housekeeping } from '../messages/housekeeping.ts'
import { gatheredListenersOf, inbox, listenersOf } from '../messages/inbox.ts'
import { type Relay, startRelay } from '../messages/relay.ts'
import { type Republisher, republicationTimer, startRepublisher } from '../messages/republish.ts'
import { boundedContext, boundResolvers, resolveProperty } from '../operation/bounded-resolvers.ts'
import { renewableContext, renewContextPerMutation } from '../operation/context-renewal.ts'
import type { Operation } from '../operation/operation.ts'
import { requireScalarResolvers, scalars } from '../schema/scalars.ts'
import type { Clock } from './clock.ts'
import type { AnySubgraph, Resources, SubgraphRequest } from './subgraph.ts'
import { startTimers } from './timers.ts'

export type RuntimeOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly config: unknown
  readonly log: Logger
  /** Null: messages stay in the outbox, and none are received. */
  readonly bus: EventBus | null
  /** Longest time that a message waits for others, if the subgraph gathers messages, in milliseconds; default 0. */
  readonly gatherMs?: number
  /** Whether timers run; tests run them explicitly. */
  readonly timers: boolean
  /** Turns introspection off. */
  readonly production: boolean
  /** Headers that the Sandbox page starts with; absent: no page. */
  readonly sandboxHeaders?: Readonly<Record<string, string>>
}

/** An open subgraph without its HTTP side. */
export type Runtime = {
  readonly apollo: ApolloServer<{ viewer: Viewer }>
  readonly resources: Resources
  readonly handle: Handle
  /** @param operation limits everything that is resolved with the context. */
  contextOf(request: SubgraphRequest, operation: Operation): { viewer: Viewer }
  /** Makes the relay publish new outbox rows soon. */
  wakeRelay(): void
  close(): Promise<void>
}

/** Maximum tokens of a document: five for each selection that the router allows in an operation. */
const MAX_TOKENS = 100_000

async function schemaOf({ schema, resolvers }: AnySubgraph) {
  const typeDefs = parse(await readFile(schema, 'utf8'))
  // The generated resolver types are closed; Apollo's map is an index signature of the same content.
  const own = resolvers as GraphQLResolverMap<unknown>
  const all = { ...scalars, ...own }
  requireScalarResolvers(typeDefs, Object.keys(all))
  const executable = buildSubgraphSchema([{ typeDefs, resolvers: all }])
  return boundResolvers(enforceAuthorization(renewContextPerMutation(executable)))
}

function plugins({ sandboxHeaders }: RuntimeOptions): ApolloServerPlugin[] {
  return [
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
    sandboxHeaders
      ? ApolloServerPluginLandingPageLocalDefault({
          embed: { runTelemetry: false },
          headers: { ...sandboxHeaders },
        })
      : ApolloServerPluginLandingPageDisabled(),
  ]
}

async function openApollo(definition: AnySubgraph, options: RuntimeOptions) {
  const apollo = new ApolloServer<{ viewer: Viewer }>({
    schema: await schemaOf(definition),
    fieldResolver: resolveProperty,
    parseOptions: { maxTokens: MAX_TOKENS },
    introspection: !options.production,
    formatError: formatErrors((error) => options.log.error({ err: error }, 'a resolver failed')),
    includeStacktraceInErrorResponses: false,
    // Every operation carries the authorization header, which browsers send to another origin only if it was
    // allowed.
    csrfPrevention: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    plugins: plugins(options),
    logger: options.log,
  })
  await apollo.start()
  return apollo
}

/**
 * Opens a subgraph: database, schema, relay, inbox, timers.
 * @throws the error of any of them, after closing those before it
 */
export async function startRuntime(definition: AnySubgraph, options: RuntimeOptions): Promise<Runtime> {
  const { name } = definition
  const { bus, log } = options
  await using opened = new AsyncDisposableStack()
  let relay: Relay | null = null
  const wakeRelay = () => relay?.wake()
  const committed: Committed = { relay: null }
  const database = { ...options.database, committed }
  const publishNow = bus ? wakeRelay : undefined
  const resources = await definition.open({ ...options, database, publishNow })
  const { prisma } = resources
  opened.defer(() => prisma.$disconnect())
  opened.defer(async () => resources.close?.())
  const apollo = await openApollo(definition, options)
  opened.defer(() => apollo.stop())

  const listeners = listenersOf(definition, resources)
  const handle = inbox({
    consumer: name,
    prisma,
    listeners,
    gathered: gatheredListenersOf(definition),
    gatherMs: options.gatherMs ?? 0,
    log,
    onWrote: wakeRelay,
  })
  if (bus) {
    let republisher: Republisher | null = null
    const onNews = () => republisher?.wake()
    relay = startRelay({ source: name, prisma, bus, log, databaseUrl: database.url, onNews })
    committed.relay = relay
    const { stop } = relay
    opened.defer(() => {
      committed.relay = null
      return stop()
    })
    const subscription = await bus.subscribe(name, Object.keys(listeners), handle)
    opened.defer(subscription.close)
    if (definition.history) {
      republisher = startRepublisher({ definition, resources, bus, log })
      opened.defer(republisher.stop)
    }
  }
  if (options.timers) {
    const kept = definition.history ? [republicationTimer] : []
    const timers = [...(definition.timers ?? []), ...kept, housekeeping(name)]
    opened.defer(startTimers(timers, { resources, log, clock: options.clock, onWrote: wakeRelay }).stop)
  }
  const everything = opened.move()
  return {
    apollo,
    resources,
    handle,
    wakeRelay,
    contextOf: (request, operation) =>
      boundedContext(
        renewableContext(() => definition.context(resources, request)),
        operation,
      ),
    close: () => everything.disposeAsync(),
  }
}
