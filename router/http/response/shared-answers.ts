import { callerHeaders, passRequestHeaders } from '../../fetching/header-rules.ts'
import type { PreparedOperation } from '../../operation/operation-cache.ts'
import type { Lifetime, RequestContext } from '../../request-context.ts'
import type { RouterSettings } from '../../settings.ts'
import { LATE } from '../request/request-lifetime.ts'

/** One run that several requests wait for. */
type Run<T> = { readonly end: Promise<Ended<T>>; readonly stop: AbortController; waiting: number }

type Returned = RequestContext['returned']
type Ended<T> = { readonly answer: T; readonly returned: Returned }

export type AnswerSharing<T> = {
  /**
   * Joins the run of the same query for the same caller if it has received no response yet; otherwise starts
   * a run.
   * @param joined called if a run is joined
   */
  share(
    prepared: PreparedOperation,
    variables: Readonly<Record<string, unknown>>,
    context: RequestContext,
    begin: (context: RequestContext) => Promise<T>,
    joined?: () => void,
  ): Promise<T>
  /** A mutation has ended. Later requests see its effect, so they join no run that began before. */
  mutated(): void
}

/**
 * Shares responses among requests that no subgraph could distinguish. A run can be joined only until a
 * subgraph has responded, so that no request gets data that was read before it arrived, just as if each call
 * were shared. Nothing is kept once the response is complete. This saves executing and shaping: with 50 equal
 * queries at a time, each takes 0.1 ms instead of 0.9.
 */
export function sharedAnswers<T>({ fetching, headers }: RouterSettings): AnswerSharing<T> {
  // A cookie is for one client, so answers that may set cookies are not shared.
  const shares = fetching.sharing && !headers.response.some(({ name }) => name === 'set-cookie')
  const keyOf = callerKey(headers)
  let runs = new WeakMap<PreparedOperation, Map<string, Run<T>>>()
  return {
    async share(prepared, variables, context, begin, joined) {
      if (!shares || context.lifetime.signal.aborted) return begin(context)
      const open = runs.get(prepared) ?? new Map()
      runs.set(prepared, open)
      const key = keyOf(context) + JSON.stringify(variables)
      const known = open.get(key)
      if (known) joined?.()
      const run = known ?? started(open, key, context, begin)
      waitFor(run, context.lifetime)
      const { answer, returned } = await run.end
      // The operations of a batch have one context.
      for (const [name, values] of returned)
        context.returned.set(name, [...(context.returned.get(name) ?? []), ...values])
      return answer
    },
    mutated() {
      runs = new WeakMap()
    },
  }
}

function started<T>(
  open: Map<string, Run<T>>,
  key: string,
  context: RequestContext,
  begin: (context: RequestContext) => Promise<T>,
): Run<T> {
  const stop = new AbortController()
  const returned: Returned = new Map()
  const close = () => {
    if (open.get(key) === run) open.delete(key)
  }
  stop.signal.addEventListener('abort', close)
  const lifetime: Lifetime = { signal: stop.signal, mutates: false }
  const end = begin({ ...context, lifetime, returned, heard: close })
    .then((answer) => ({ answer, returned }))
    .finally(close)
  const run = { end, stop, waiting: 0 }
  open.set(key, run)
  return run
}

/** One client's abort does not cancel a run that others share. The run ends with the last client, or once the time of one is over. */
function waitFor(run: Run<unknown>, { signal }: Lifetime): void {
  run.waiting++
  signal.addEventListener('abort', () => {
    run.waiting--
    if (run.waiting === 0 || signal.reason === LATE) run.stop.abort()
  })
}

/** Everything about a caller on which a subgraph or authorization can depend. Trace ids do not count. */
function callerKey({ client_address, request }: RouterSettings['headers']) {
  const rules = callerHeaders(request)
  return ({ identity, clientAddress, headers }: RequestContext): string => {
    const passed: Record<string, string> = Object.create(null)
    passRequestHeaders(rules, headers, passed)
    const who = identity.kind === 'user' ? identity.key : identity.hasExpired ? 'expired' : ''
    const address = client_address ? clientAddress : ''
    // Neither can contain a line break.
    return `${who}\n${address}\n${JSON.stringify(passed)}\n`
  }
}
