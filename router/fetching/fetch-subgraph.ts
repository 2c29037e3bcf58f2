import type { RequestContext } from '../execution/request-context.ts'
import type { Log } from '../telemetry/log.ts'
import type { Verdict } from './circuit-breaker.ts'
import { decoded, type TextAnswer } from './decoding.ts'
import { type FailureKind, FetchFailure } from './fetch-failure.ts'
import type { OriginPool } from './http1/origin-pool.ts'
import { post } from './post.ts'
import { fetchStart, requestHeaders, returnHeaders } from './request-headers.ts'
import { sharedCalls } from './sharing.ts'
import { readAnswer } from './subgraph-answer.ts'
import type { SubgraphHealth } from './subgraph-health.ts'
import type { SubgraphRoute } from './subgraph-route.ts'

/** What came of one call. Nothing of it is looked into beyond the shape that is stated here. */
export type FetchOutcome =
  | {
      readonly failed: null
      /** The caller's own, to be changed at will: sharers of one call parse its text each. */
      readonly data: Record<string, unknown> | null
      /** As the subgraph sent them: to be masked and mapped. */
      readonly errors: readonly unknown[]
      /** The text, where `take` has taken it: then there is nothing else here. */
      readonly taken?: string
    }
  | { readonly failed: FailureKind }

/**
 * Sends one body (`{"query":…,"variables":…}` as text) to one subgraph. Never rejects: a call without a usable answer
 * is an outcome, which is logged here once, with its reason.
 * @param mutates the call is neither shared nor tried a second time.
 * @param take is offered the text of an answer before it is parsed; whether it could make use of it.
 */
export type FetchSubgraph = (
  body: string,
  mutates: boolean,
  context: RequestContext,
  take?: (text: string) => boolean,
) => Promise<FetchOutcome>

/** Only what asks nothing but the time of an answer is health: a body that is too large or no JSON arrived in time. */
const ILL: ReadonlySet<FailureKind> = new Set(['unreachable', 'timeout', 'broken', 'status'])

export function subgraphFetch(
  route: SubgraphRoute,
  pool: OriginPool,
  { breaker, budget }: SubgraphHealth,
  log: Log,
): FetchSubgraph {
  const { name, url, timeMs, maxBytes, rules } = route
  const start = fetchStart(url, rules)
  // A cookie is given to one client: two who ask the same at once need two.
  const shares = route.shares && !rules.response.includes('set-cookie')
  const share = sharedCalls<TextAnswer>()
  // Who has seen a mutation end must see what it did: a query does not join a call that began before.
  let mutations = 0

  const attempt = async (body: string, head: string, ms: number, signal: AbortSignal) => {
    const tell = breaker.attempt()
    if (!tell) throw new FetchFailure('open', 'not asked: too many calls failed')
    try {
      const answer = await post(pool, { head, body, timeMs: ms, maxBytes, signal })
      tell(answer.status >= 500 ? 'ill' : 'well')
      return decoded(answer, rules.encodings, maxBytes)
    } catch (error) {
      tell(verdictOf(error))
      throw error
    }
  }
  const query = async (body: string, head: string, signal: AbortSignal) => {
    budget.earn()
    const started = performance.now()
    try {
      return await attempt(body, head, timeMs, signal)
    } catch (error) {
      const left = timeMs - (performance.now() - started)
      const isWorthIt = error instanceof FetchFailure && error.kind === 'broken' && left > 0
      if (!isWorthIt || signal.aborted || !budget.spend()) throw error
      log.debug({ subgraph: name, detail: error.detail }, 'a fetch is tried once more')
      return attempt(body, head, left, signal)
    }
  }
  const ask = async (body: string, mutates: boolean, context: RequestContext): Promise<TextAnswer> => {
    const { caller, trace } = requestHeaders(route, context)
    const head = start + caller + trace
    const { signal } = context.lifetime
    if (mutates) {
      return attempt(body, head, timeMs, signal).finally(() => {
        mutations++
      })
    }
    if (!shares) return query(body, head, signal)
    return share(`${mutations}\n${caller}\n${body}`, signal, (ending) => query(body, head, ending))
  }

  return async (body, mutates, context, take) => {
    const started = performance.now()
    try {
      const answer = await ask(body, mutates, context).finally(context.heard)
      const isTaken = take !== undefined && answer.status === 200 && take(answer.text)
      const { data, errors } = isTaken ? NOTHING : readAnswer(answer, null)
      if (rules.response.length > 0) returnHeaders(rules, answer, context)
      if (errors.length > 0)
        log.debug({ ...ids(context), subgraph: name, errors }, 'a subgraph answered errors')
      return isTaken ? { failed: null, data, errors, taken: answer.text } : { failed: null, data, errors }
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error
      const { kind, detail } = error
      const ms = Math.round(performance.now() - started)
      log.warn({ ...ids(context), subgraph: name, kind, detail, ms }, 'a fetch failed')
      return { failed: kind }
    }
  }
}

const NOTHING = { data: null, errors: [] } as const

function verdictOf(error: unknown): Verdict {
  return error instanceof FetchFailure && ILL.has(error.kind) ? 'ill' : 'unknown'
}

function ids({ trace }: RequestContext) {
  return { requestId: trace.requestId, traceparent: trace.traceparent }
}
