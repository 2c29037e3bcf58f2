// Tested in ../conformance/faults.test.ts: both executors give the same errors.

import type { executeQueryPlan } from '@apollo/gateway'
import { decoded } from '../fetching/decoding.ts'
import { fetchStart, requestHeaders, returnHeaders, timeoutLine } from '../fetching/request-headers.ts'
import { readAnswer, readLargeAnswer } from '../fetching/subgraph-answer.ts'
import {
  answeredError,
  type IsSelectedPath,
  MAX_LOGGED,
  MAX_READ,
  unavailable,
} from '../fetching/subgraph-error.ts'
import type { SubgraphRoute } from '../fetching/subgraph-route.ts'
import { FetchFailure } from '../http-client/fetch-failure.ts'
import type { OriginPool } from '../http-client/origin-pool.ts'
import { post } from '../http-client/post.ts'
import { isInexactInteger } from '../json/exact-number.ts'
import { LARGE_TEXT } from '../json/parse-in-turns.ts'
import type { RequestContext } from '../request-context.ts'
import { READER_HEADER } from '../security/readers.ts'
import type { Log } from '../telemetry/log.ts'

type SubgraphSource = Parameters<typeof executeQueryPlan>[1][string]
type FetchOptions = Parameters<SubgraphSource['process']>[0]
type FetchResult = Awaited<ReturnType<SubgraphSource['process']>>

/**
 * A subgraph in the form that `executeQueryPlan` uses. A failed fetch is one error among others, never a
 * rejection.
 */
export function subgraphSource(
  route: SubgraphRoute,
  pool: OriginPool,
  leads: IsSelectedPath,
  log: Log,
): SubgraphSource {
  const start = fetchStart(route.url, route.rules)
  return {
    async process(options: FetchOptions) {
      const { request, context } = options
      // The gateway interface types the context as any record: it is what the router handed to Apollo Server.
      const caller = context as RequestContext
      const { query = '', variables, operationName } = request
      const base = ('pathInIncomingRequest' in options && options.pathInIncomingRequest) || []
      // Without type conditions in fetches (a planner setting that is off), a path has only names and `@`.
      const fetch = { query, base: base as readonly string[] }
      const reader = caller.readers?.get(fetch.base[0] ?? '')
      const client = reader ? { ...caller, identity: reader } : caller
      const started = performance.now()
      try {
        const { caller: callerLines, trace } = requestHeaders(route, client)
        const answer = await post(pool, {
          head: start + callerLines + trace + timeoutLine(route.timeMs),
          body: JSON.stringify({ query, variables, operationName }),
          maxRequestBytes: route.maxRequestBytes,
          timeMs: route.timeMs,
          maxBytes: route.maxBytes,
          signal: client.lifetime.signal,
        })
        const representations = variables?.representations
        const { content } = await decoded(answer, route.maxBytes)
        const entities = Array.isArray(representations) ? representations.length : null
        const text = content.toString()
        const { data, errors } =
          text.length > LARGE_TEXT
            ? await readLargeAnswer(answer, text, entities, route.maxContent, isInexactInteger)
            : readAnswer(answer, text, entities, isInexactInteger)
        returnHeaders(route.rules, answer, client)
        if (route.readers !== null && query.startsWith('mutation')) {
          for (const [name, named] of (await route.readers(answer.headers[READER_HEADER])) ?? [])
            client.readers?.set(name, named)
        }
        if (errors.length > 0)
          log.debug(
            { ...ids(client), subgraph: route.name, errors: errors.slice(0, MAX_LOGGED) },
            'a subgraph returned errors',
          )
        const told = errors.slice(0, MAX_READ).map((error) => answeredError(error, fetch, leads))
        return resultOf(data, told.length > 0 ? told : undefined)
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
