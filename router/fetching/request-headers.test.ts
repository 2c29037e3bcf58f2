import { expect, test } from 'vitest'
import type { RequestContext } from '../request-context.ts'
import { ANONYMOUS } from '../security/identity.ts'
import { parseSettings, type RouterSettingsInput } from '../settings.ts'
import { headerRulesFor } from './header-rules.ts'
import { fetchStart, requestHeaders, returnHeaders, timeoutLine } from './request-headers.ts'

const rulesOf = (input: RouterSettingsInput) => headerRulesFor('shelf', parseSettings(input, 'a test'))

function contextOf(headers: RequestContext['headers'], tracestate: string | null = null): RequestContext {
  return {
    identity: ANONYMOUS,
    trace: { requestId: 'request-1', traceparent: '00-a-b-01', tracestate },
    headers,
    clientAddress: '192.0.2.1',
    lifetime: { signal: new AbortController().signal, mutates: false },
    returned: new Map(),
  }
}

test.each([
  [[], 'identity'],
  [['gzip', 'br'], 'gzip, br'],
] as const)('a fetch asks for GraphQL in JSON, in the encodings %j as %j', (encodings, header) => {
  const rules = rulesOf({ fetching: { encodings: [...encodings] } })
  expect(fetchStart(new URL('http://shelf.test:81/graphql?v=1'), rules).split('\r\n')).toEqual([
    'POST /graphql?v=1 HTTP/1.1',
    'host: shelf.test:81',
    'connection: keep-alive',
    'content-type: application/json',
    'accept: application/graphql-response+json, application/json;q=0.9',
    `accept-encoding: ${header}`,
    '',
  ])
})

test.each([
  [5_000, '5000'],
  [1.9, '1'],
  [0.4, '1'],
])('a subgraph is told that %d ms are left as %s', (ms, text) => {
  expect(timeoutLine(ms)).toBe(`x-request-timeout-ms: ${text}\r\n`)
})

test('no rule replaces what the router says: the internal token is not the header of the client', () => {
  const rules = rulesOf({ headers: { request: [{ name: 'authorization' }, { name: 'x-shop' }] } })
  const client = contextOf({ authorization: 'Bearer mine', 'x-shop': 'socks' })
  const mint = (subgraph: string) => `token-for-${subgraph}`
  expect(requestHeaders({ name: 'shelf', rules, mint }, client).caller).toBe(
    'x-forwarded-for: 192.0.2.1\r\nauthorization: Bearer token-for-shelf\r\nx-shop: socks\r\n',
  )
  expect(requestHeaders({ name: 'shelf', rules, mint: null }, client).caller).toContain('Bearer mine')
})

test.each([
  [null, ''],
  ['a=b', 'tracestate: a=b\r\n'],
])(
  'the identifiers of a request are apart from what distinguishes callers (tracestate %j)',
  (state, line) => {
    const rules = rulesOf({ headers: { client_address: false } })
    expect(requestHeaders({ name: 'shelf', rules, mint: null }, contextOf({}, state))).toEqual({
      caller: '',
      trace: `x-request-id: request-1\r\ntraceparent: 00-a-b-01\r\n${line}`,
    })
  },
)

test('several fields of one name are passed as one (RFC 9110, section 5.3)', () => {
  const rules = rulesOf({ headers: { client_address: false, request: [{ name: 'x-shop' }] } })
  // Node has a list only for set-cookie, and its type for every name.
  const client = contextOf({ 'x-shop': ['a', 'b'] })
  expect(requestHeaders({ name: 'shelf', rules, mint: null }, client).caller).toBe('x-shop: a, b\r\n')
})

test('of the headers of a response, those are returned that a rule for its subgraph names, all of them', () => {
  const rules = rulesOf({
    headers: {
      response: [{ name: 'x-a' }, { name: 'set-cookie', from: ['shelf'] }, { name: 'x-b', from: ['users'] }],
    },
  })
  const context = contextOf({})
  const headers = { 'x-a': '1', 'x-b': '2', 'x-c': '3', 'set-cookie': ['a=1', 'b=2'] }
  returnHeaders(rules, { headers }, context)
  returnHeaders(rules, { headers: { 'x-a': '4' } }, context)
  expect([...context.returned]).toEqual([
    ['x-a', ['1', '4']],
    ['set-cookie', ['a=1', 'b=2']],
  ])
})
