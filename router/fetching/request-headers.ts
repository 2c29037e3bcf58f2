import type { RequestContext } from '../execution/request-context.ts'
import type { MintToken } from '../security/internal-token.ts'
import { type HeaderRules, passRequestHeaders } from './header-rules.ts'
import type { HttpAnswer } from './post.ts'

type HeaderParts = {
  /** The subgraph's. */
  readonly name: string
  readonly rules: HeaderRules
  readonly mint: MintToken | null
}

/** Headers that say which request a fetch belongs to: what two requests differ in though they ask the same. */
const OF_ONE_REQUEST = new Set(['x-request-id', 'traceparent', 'tracestate'])

/** Every header that a fetch sends, but for those of the connection. */
export function requestHeaders(
  { name, rules, mint }: HeaderParts,
  client: RequestContext,
): Record<string, string> {
  const { trace, clientAddress, identity } = client
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json;q=0.9',
    'x-request-id': trace.requestId,
    traceparent: trace.traceparent,
  }
  if (rules.encodings !== '') headers['accept-encoding'] = rules.encodings
  if (rules.clientAddress) headers['x-forwarded-for'] = clientAddress
  if (trace.tracestate) headers.tracestate = trace.tracestate
  passRequestHeaders(rules, client.headers, headers)
  // Last, so that no rule can put a client's own in its place.
  if (mint) headers.authorization = `Bearer ${mint(name, identity)}`
  return headers
}

/** The same for two fetches of one body exactly when a subgraph can tell them apart by nothing but their trace. */
export function sharingKey(body: string, headers: Readonly<Record<string, string>>): string {
  let key = ''
  for (const name in headers) {
    // Neither a header's name nor its value can hold a line break.
    if (!OF_ONE_REQUEST.has(name)) key += `${name}:${headers[name]}\n`
  }
  return key + body
}

/** Keeps what a subgraph's answer has for the client. */
export function returnHeaders(
  rules: HeaderRules,
  { headers }: Pick<HttpAnswer, 'headers'>,
  { returned }: RequestContext,
): void {
  for (const name of rules.response) {
    const value = headers[name]
    if (value !== undefined) returned.set(name, [...(returned.get(name) ?? []), ...[value].flat()])
  }
}
