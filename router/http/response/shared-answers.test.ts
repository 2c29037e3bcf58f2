import { describe, expect, test } from 'vitest'
import type { PreparedOperation } from '../../operation/operation-cache.ts'
import type { RequestContext } from '../../request-context.ts'
import { ANONYMOUS, EXPIRED, userIdentity } from '../../security/identity.ts'
import { parseSettings, type RouterSettingsInput } from '../../settings.ts'
import { LATE } from '../request/request-lifetime.ts'
import { sharedAnswers } from './shared-answers.ts'

type Answer = { readonly text: string }

/** Runs that a test ends explicitly. */
function newRuns(settings: RouterSettingsInput = {}) {
  const answers = sharedAnswers<Answer>(parseSettings(settings, 'a test'))
  const runs: { readonly context: RequestContext; readonly end: PromiseWithResolvers<Answer> }[] = []
  // It serves only as an identity; its content is not read.
  const operation = {} as PreparedOperation
  const ask = (context: RequestContext, variables: Record<string, unknown> = {}, prepared = operation) =>
    answers.share(prepared, variables, context, (running) => {
      const end = Promise.withResolvers<Answer>()
      runs.push({ context: running, end })
      return end.promise
    })
  return { answers, runs, ask }
}

function newContext(change: Partial<RequestContext> = {}): RequestContext {
  return {
    identity: ANONYMOUS,
    trace: { requestId: 'a', traceparent: 'b', tracestate: null },
    headers: {},
    clientAddress: '192.0.2.1',
    lifetime: { signal: new AbortController().signal, mutates: false },
    returned: new Map(),
    ...change,
  }
}

describe('requests for the same', () => {
  test('share one run, and the headers that came with it', async () => {
    const { runs, ask } = newRuns()
    const contexts = [newContext(), newContext()]
    const asked = contexts.map((context) => ask(context, { first: 5 }))
    expect(runs).toHaveLength(1)
    runs[0]?.context.returned.set('x-shop', ['socks'])
    runs[0]?.end.resolve({ text: '1' })
    expect((await Promise.all(asked)).map(({ text }) => text)).toEqual(['1', '1'])
    expect(contexts.map(({ returned }) => returned.get('x-shop'))).toEqual([['socks'], ['socks']])
  })

  test('of one batch keep the headers of each operation', async () => {
    const { runs, ask } = newRuns()
    const context = newContext()
    context.returned.set('x-shop', ['of a mutation'])
    const asked = [ask(context, { first: 1 }), ask(context, { first: 2 })]
    for (const [index, run] of runs.entries()) {
      run.context.returned.set('x-shop', [`${index}`])
      run.end.resolve({ text: '1' })
    }
    await Promise.all(asked)
    expect(context.returned.get('x-shop')).toEqual(['of a mutation', '0', '1'])
  })

  test('do not once a subgraph has answered the run', () => {
    const { runs, ask } = newRuns()
    void ask(newContext())
    runs[0]?.context.heard?.()
    void ask(newContext())
    void ask(newContext())
    expect(runs).toHaveLength(2)
  })

  test('share the latest run, whenever an earlier one ends', async () => {
    const { runs, ask } = newRuns()
    const first = ask(newContext())
    runs[0]?.context.heard?.()
    void ask(newContext())
    runs[0]?.end.resolve({ text: '1' })
    await first
    void ask(newContext())
    expect(runs).toHaveLength(2)
  })

  test('tell those that join a run', () => {
    const { answers } = newRuns()
    const told: string[] = []
    const operation = {} as PreparedOperation
    const begin = () => new Promise<Answer>(() => {})
    for (const name of ['first', 'second', 'third'])
      void answers.share(operation, {}, newContext(), begin, () => told.push(name))
    expect(told).toEqual(['second', 'third'])
  })

  test('do not once a mutation has ended', () => {
    const { answers, runs, ask } = newRuns()
    void ask(newContext())
    answers.mutated()
    void ask(newContext())
    expect(runs).toHaveLength(2)
  })

  test('do not once the run has ended, however it did', async () => {
    const { runs, ask } = newRuns()
    const first = ask(newContext())
    runs[0]?.end.reject(new Error('broken'))
    await expect(first).rejects.toThrow('broken')
    void ask(newContext())
    expect(runs).toHaveLength(2)
  })

  test.each<[string, RouterSettingsInput]>([
    ['where sharing is off', { fetching: { sharing: false } }],
    ['where cookies are returned', { headers: { response: [{ name: 'set-cookie' }] } }],
  ])('do not %s', (_, settings) => {
    const { runs, ask } = newRuns(settings)
    void ask(newContext())
    void ask(newContext())
    expect(runs).toHaveLength(2)
  })
})

test.each<[string, Partial<RequestContext>, Record<string, unknown>]>([
  ['another user', { identity: userIdentity('u1', null, '') }, {}],
  // Its errors have a message of their own.
  ['a caller whose token has expired', { identity: EXPIRED }, {}],
  ['another address', { clientAddress: '192.0.2.2' }, {}],
  ['another header that is passed on', { headers: { 'accept-language': 'fr' } }, {}],
  ['another cookie that is passed on', { headers: { cookie: 'session=2' } }, {}],
  ['other variables', {}, { first: 6 }],
])('%s gets a run of its own', (_, change, variables) => {
  const { runs, ask } = newRuns({
    headers: { request: [{ name: 'accept-language' }, { cookie: 'session', to: ['users'] }] },
  })
  void ask(newContext())
  void ask(newContext(change), variables)
  expect(runs).toHaveLength(2)
})

test('another operation gets a run of its own', () => {
  const { runs, ask } = newRuns()
  void ask(newContext())
  void ask(newContext(), {}, {} as PreparedOperation)
  expect(runs).toHaveLength(2)
})

test('a request whose client has left starts a run that no other joins', () => {
  const { runs, ask } = newRuns()
  void ask(newContext({ lifetime: { signal: AbortSignal.abort(), mutates: false } }))
  void ask(newContext())
  expect(runs).toHaveLength(2)
})

test('the address makes no difference where subgraphs are not sent it', () => {
  const { runs, ask } = newRuns({ headers: { client_address: false } })
  void ask(newContext())
  void ask(newContext({ clientAddress: '192.0.2.2' }))
  expect(runs).toHaveLength(1)
})

test('what no subgraph is sent makes no difference', () => {
  const { runs, ask } = newRuns()
  void ask(newContext())
  void ask(newContext({ headers: { 'user-agent': 'b', cookie: 'other=1' } }))
  expect(runs).toHaveLength(1)
})

describe('who leaves', () => {
  test('lets the others wait on; the last one ends the run', () => {
    const { runs, ask } = newRuns()
    const clients = [new AbortController(), new AbortController()]
    for (const { signal } of clients) void ask(newContext({ lifetime: { signal, mutates: false } }))
    clients[0]?.abort()
    expect(runs[0]?.context.lifetime.signal.aborted).toBe(false)
    clients[1]?.abort()
    expect(runs[0]?.context.lifetime.signal.aborted).toBe(true)
    void ask(newContext())
    expect(runs).toHaveLength(2)
  })

  test('for want of time ends the run for all: they get what there is', () => {
    const { runs, ask } = newRuns()
    const late = new AbortController()
    void ask(newContext({ lifetime: { signal: late.signal, mutates: false } }))
    void ask(newContext())
    late.abort(LATE)
    expect(runs[0]?.context.lifetime.signal.aborted).toBe(true)
  })
})
