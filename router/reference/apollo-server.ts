// Tested in ../conformance/features.test.ts: both executors give the same answers.

import { ApolloServer, type ApolloServerOptionsWithGateway } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default'
import { selectionLimits } from '../operation/limits/selection-limits.ts'
import type { RequestContext } from '../request-context.ts'
import type { Slot } from '../serving.ts'
import type { RouterSettings } from '../settings.ts'
import type { Log } from '../telemetry/log.ts'
import { formatErrors } from './format-errors.ts'
import { execute } from './run-for-apollo-server.ts'

type Gateway = ApolloServerOptionsWithGateway<RequestContext>['gateway']

/** The gateway that Apollo Server serves: the current supergraph of the slot. */
function gatewayOf(slot: Slot, limits: RouterSettings['limits']): Gateway {
  type Listener = Parameters<Gateway['onSchemaLoadOrUpdate'] & object>[0]
  const tell = (listener: Listener) => {
    const { clientSchema, sdl } = slot.current().supergraph
    listener({ apiSchema: clientSchema, coreSupergraphSdl: sdl })
  }
  const listeners = new Set<Listener>()
  let unsubscribe = () => {}
  return {
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async load() {
      const tellAll = () => {
        for (const listener of listeners) tell(listener)
      }
      tellAll()
      const stop = slot.onSwap(tellAll)
      unsubscribe = () => void stop()
      return {
        schema: slot.current().supergraph.clientSchema,
        executor: (request) => execute(slot.of(request.schema), request, limits),
      }
    },
    async stop() {
      unsubscribe()
    },
  }
}

/** Apollo Server over the slot: parsing, validation, CSRF prevention, persisted queries, content negotiation. */
export async function startApollo(
  slot: Slot,
  { limits }: RouterSettings,
  { production, log }: { readonly production: boolean; readonly log: Log },
): Promise<ApolloServer<RequestContext>> {
  const page = production
    ? ApolloServerPluginLandingPageDisabled()
    : ApolloServerPluginLandingPageLocalDefault({
        embed: { runTelemetry: false },
        includeCookies: true,
        footer: false,
      })
  const server = new ApolloServer<RequestContext>({
    gateway: gatewayOf(slot, limits),
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    nodeEnv: production ? 'production' : 'development',
    parseOptions: { maxTokens: limits.tokens },
    validationRules: [selectionLimits(limits)],
    formatError: formatErrors(log),
    logger: log,
    plugins: [
      page,
      // The graph has no cache hints, and no data leaves this machine unasked.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
    ],
  })
  await server.start()
  return server
}
