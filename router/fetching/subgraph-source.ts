import type { executeQueryPlan } from '@apollo/gateway'
import type { Dispatcher } from 'undici'
import type { RequestContext } from '../execution/request-context.ts'
import type { MintToken } from '../security/internal-token.ts'
import type { Log } from '../telemetry/log.ts'
import { FetchFailure } from './fetch-failure.ts'
import { type HeaderRules, passRequestHeaders } from './header-rules.ts'
import { type HttpAnswer, post } from './post.ts'
import { readAnswer } from './subgraph-answer.ts'
import { answeredError, unavailable } from './subgraph-error.ts'

/** How one subgraph is reached. */
type SubgraphRoute = {
  readonly name: string
  readonly url: URL
  readonly timeMs: number
  readonly maxBytes: number
  readonly rules: HeaderRules
}

type SubgraphSource = Parameters<typeof executeQueryPlan>[1][string]
type FetchOptions = Parameters<SubgraphSource['process']>[0]
type FetchResult = Awaited<ReturnType<SubgraphSource['process']>>

/** A subgraph as `executeQueryPlan` asks it. A failed fetch is one error among the others, never a rejection. */
export function subgraphSource(
  route: SubgraphRoute,
  pool: Dispatcher,
  mint: MintToken | null,
  log: Log,
): SubgraphSource {
  const origin = route.url.origin
  const path = route.url.pathname + route.url.search
  return {
    async process(options: FetchOptions) {
      const { request, context } = options
      // The gateway interface types the context as any record: it is what the router handed to Apollo Server.
      const client = context as RequestContext
      const { query = '', variables, operationName } = request
      const base = ('pathInIncomingRequest' in options && options.pathInIncomingRequest) || []
      // Without type conditions in fetches (a planner setting that is off), a path has only names and `@`.
      const fetch = { query, base: base as readonly string[] }
      const started = performance.now()
      try {
        const answer = await post(pool, {
          origin,
          path,
          headers: headersFor(route, client, mint),
          body: JSON.stringify({ query, variables, operationName }),
          timeMs: route.timeMs,
          maxBytes: route.maxBytes,
          signal: client.lifetime.signal,
        })
        const representations = variables?.representations
        const { data, errors } = readAnswer(
          answer,
          Array.isArray(representations) ? representations.length : null,
        )
        returnHeaders(route, answer, client)
        if (errors.length > 0)
          log.debug({ ...ids(client), subgraph: route.name, errors }, 'a subgraph answered errors')
        return resultOf(
          data,
          errors.length > 0 ? errors.map((error) => answeredError(error, fetch)) : undefined,
        )
      } catch (error) {
        if (!(error instanceof FetchFailure)) throw error
        const { kind, detail } = error
        const ms = Math.round(performance.now() - started)
        log.warn({ ...ids(client), subgraph: route.name, kind, detail, ms }, 'a fetch failed')
        return resultOf(null, [unavailable(kind, fetch)])
      }
    },
  }
}

function resultOf(data: Record<string, unknown> | null, errors: readonly object[] | undefined): FetchResult {
  // The gateway interface asks for mutable GraphQLFormattedErrors and an `http` that execution never reads.
  return { data, errors } as unknown as FetchResult
}

function ids({ trace }: RequestContext) {
  return { requestId: trace.requestId, traceparent: trace.traceparent }
}

function headersFor({ name, rules }: SubgraphRoute, client: RequestContext, mint: MintToken | null) {
  const { trace, clientAddress, identity } = client
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json;q=0.9',
    'x-request-id': trace.requestId,
    traceparent: trace.traceparent,
    'x-forwarded-for': clientAddress,
  }
  if (trace.tracestate) headers.tracestate = trace.tracestate
  passRequestHeaders(rules, client.headers, headers)
  // Last, so that no rule can put a client's own in its place.
  if (mint) headers.authorization = `Bearer ${mint(name, identity)}`
  return headers
}

function returnHeaders(
  { rules }: SubgraphRoute,
  { headers }: HttpAnswer,
  { returned }: RequestContext,
): void {
  for (const name of rules.response) {
    const value = headers[name]
    if (value !== undefined) returned.set(name, [...(returned.get(name) ?? []), ...[value].flat()])
  }
}
