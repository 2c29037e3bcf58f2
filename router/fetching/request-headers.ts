import type { HttpAnswer } from '../http-client/http-answer.ts'
import { headerLine, requestStart } from '../http-client/request.ts'
import type { RequestContext } from '../request-context.ts'
import type { MintToken } from '../security/internal-token.ts'
import { type HeaderRules, passRequestHeaders } from './header-rules.ts'

type HeaderParts = {
  /** Name of the subgraph. */
  readonly name: string
  readonly rules: HeaderRules
  readonly mint: MintToken | null
}

/** The header lines that differ from fetch to fetch. */
type FetchHeaders = {
  /** Headers by which a subgraph can distinguish two fetches with the same body. */
  readonly caller: string
  /** Headers that identify the request of a fetch. Two requests with the same fetch differ only in them. */
  readonly trace: string
}

/** First headers of every fetch of a subgraph. */
export function fetchStart(url: URL, { encodings }: HeaderRules): string {
  return requestStart('POST', url, {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json;q=0.9',
    // Without this header, any coding would be acceptable (RFC 9110, section 12.5.3).
    'accept-encoding': encodings || 'identity',
  })
}

/**
 * The time that the router waits for the response, so that a subgraph can stop useless work. It is not part
 * of the key of identical fetches.
 */
export function timeoutLine(ms: number): string {
  return headerLine('x-request-timeout-ms', String(Math.max(Math.floor(ms), 1)))
}

/** @throws FetchFailure if a client's header cannot be passed on. */
export function requestHeaders({ name, rules, mint }: HeaderParts, client: RequestContext): FetchHeaders {
  const { clientAddress, identity } = client
  const { requestId, traceparent, tracestate } = client.trace
  const passed: Record<string, string> = Object.create(null)
  if (rules.clientAddress) passed['x-forwarded-for'] = clientAddress
  passRequestHeaders(rules, client.headers, passed)
  // Set last, so that no rule can replace it by the client's own header.
  if (mint) passed.authorization = `Bearer ${mint(name, identity)}`
  let caller = ''
  for (const field in passed) caller += headerLine(field, passed[field] ?? '')
  const trace = headerLine('x-request-id', requestId) + headerLine('traceparent', traceparent)
  return { caller, trace: tracestate ? trace + headerLine('tracestate', tracestate) : trace }
}

/** Collects the headers of a subgraph's answer for the client. */
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
