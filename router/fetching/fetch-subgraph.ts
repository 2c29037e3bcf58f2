import { type FailureKind, FetchFailure } from '../http-client/fetch-failure.ts'
import type { OriginPool } from '../http-client/origin-pool.ts'
import { post } from '../http-client/post.ts'
import { LARGE_TEXT } from '../json/parse-in-turns.ts'
import type { RequestContext } from '../request-context.ts'
import { READER_HEADER } from '../security/readers.ts'
import type { Log } from '../telemetry/log.ts'
import type { Verdict } from './circuit-breaker.ts'
import { decoded, type PlainAnswer } from './decoding.ts'
import { type FetchOutcome, offer, type Read, type ResponseConsumer } from './fetch-outcome.ts'
import { fetchStart, requestHeaders, returnHeaders, timeoutLine } from './request-headers.ts'
import { sharedCalls } from './sharing.ts'
import { readAnswer, readLargeAnswer, type SubgraphAnswer } from './subgraph-answer.ts'
import { MAX_LOGGED } from './subgraph-error.ts'
import type { SubgraphHealth } from './subgraph-health.ts'
import type { SubgraphRoute } from './subgraph-route.ts'

/**
 * Sends one body (`{"query":…,"variables":…}` as text) to one subgraph. Never rejects: a call without a usable answer
 * is an outcome, which is logged here once, with its reason.
 * @param mutates the call is neither shared nor tried a second time.
 */
export type FetchSubgraph = (
  body: string,
  mutates: boolean,
  context: RequestContext,
  taker?: ResponseConsumer,
) => Promise<FetchOutcome>

/**
 * Failures that count against a subgraph's health. A body that is too large or not JSON arrived in time, so
 * it does not count.
 */
const ILL: ReadonlySet<FailureKind> = new Set(['unreachable', 'timeout', 'broken'])

export function subgraphFetch(
  route: SubgraphRoute,
  pool: OriginPool,
  { breaker, budget }: SubgraphHealth,
  log: Log,
): FetchSubgraph {
  const { name, url, timeMs, maxRequestBytes, maxBytes, maxContent, rules } = route
  const start = fetchStart(url, rules)
  const wholeTime = timeoutLine(timeMs)
  // A cookie is for one client, so responses that may set cookies are not shared.
  const shares = route.shares && !rules.response.includes('set-cookie')
  const share = sharedCalls<PlainAnswer>()
  // A query does not join a call that began before a mutation ended, so that it sees the mutation's effect.
  let mutations = 0

  const attempt = async ({ body, head, expected }: Sending, ms: number, signal: AbortSignal) => {
    const tell = breaker.attempt()
    if (!tell) throw new FetchFailure('open', 'not sent: the circuit breaker is open')
    try {
      const time = ms === timeMs ? wholeTime : timeoutLine(ms)
      const answer = await post(pool, {
        head: head + time,
        body,
        maxRequestBytes,
        timeMs: ms,
        maxBytes,
        expected,
        signal,
      })
      tell(answer.status >= 500 ? 'ill' : 'well')
      return decoded(answer, maxBytes)
    } catch (error) {
      tell(verdictOf(error))
      throw error
    }
  }
  const query = async (sending: Sending, signal: AbortSignal) => {
    budget.earn()
    const started = performance.now()
    try {
      return await attempt(sending, timeMs, signal)
    } catch (error) {
      const left = timeMs - (performance.now() - started)
      const isWorthIt = error instanceof FetchFailure && error.kind === 'broken' && left > 0
      if (!isWorthIt || signal.aborted || !budget.spend()) throw error
      log.debug({ subgraph: name, detail: error.detail }, 'a fetch is retried')
      return attempt(sending, left, signal)
    }
  }
  const ask = async (
    body: string,
    mutates: boolean,
    context: RequestContext,
    expected: Buffer | null,
  ): Promise<PlainAnswer> => {
    const { caller, trace } = requestHeaders(route, context)
    const sending = { head: start + caller + trace, body, expected }
    const { signal } = context.lifetime
    if (mutates) {
      return attempt(sending, timeMs, signal).finally(() => {
        mutations++
      })
    }
    if (!shares) return query(sending, signal)
    return share(`${mutations}\n${caller}\n${body}`, signal, (ending) => query(sending, ending))
  }

  return async (body, mutates, context, taker) => {
    const started = performance.now()
    const failure = (error: unknown): FetchOutcome => {
      if (!(error instanceof FetchFailure)) throw error
      const { kind, detail } = error
      const ms = Math.round(performance.now() - started)
      log.warn({ ...ids(context), subgraph: name, kind, detail, ms }, 'a fetch failed')
      return { failed: kind }
    }
    const told = ({ data, errors }: SubgraphAnswer): FetchOutcome => {
      if (errors.length > 0)
        log.debug(
          { ...ids(context), subgraph: name, errors: errors.slice(0, MAX_LOGGED) },
          'a subgraph returned errors',
        )
      return { failed: null, data, errors }
    }
    const read = (answer: PlainAnswer): Read => {
      const text = answer.content.toString()
      if (text.length > LARGE_TEXT)
        return readLargeAnswer(answer, text, null, maxContent).then(told).catch(failure)
      try {
        return told(readAnswer(answer, text, null))
      } catch (error) {
        return failure(error)
      }
    }
    try {
      const answer = await ask(body, mutates, context, taker?.expected ?? null).finally(context.heard)
      const isOffered = answer.status === 200
      const reading = isOffered ? offer(answer.content, taker, () => read(answer)) : read(answer)
      const outcome = reading instanceof Promise ? await reading : reading
      if (rules.response.length > 0 && outcome.failed === null) returnHeaders(rules, answer, context)
      if (!mutates || route.readers === null || outcome.failed !== null) return outcome
      const readers = await route.readers(answer.headers[READER_HEADER])
      return readers ? { ...outcome, readers } : outcome
    } catch (error) {
      return failure(error)
    }
  }
}

type Sending = { readonly head: string; readonly body: string; readonly expected: Buffer | null }

function verdictOf(error: unknown): Verdict {
  return error instanceof FetchFailure && ILL.has(error.kind) ? 'ill' : 'unknown'
}

function ids({ trace }: RequestContext) {
  return { requestId: trace.requestId, traceparent: trace.traceparent }
}
