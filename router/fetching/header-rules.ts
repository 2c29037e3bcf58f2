import type { IncomingHttpHeaders } from 'node:http'
import type { RouterSettings } from '../settings.ts'

/** What passes between clients and one subgraph; everything else stays at the router. */
export type HeaderRules = {
  readonly request: readonly string[]
  readonly cookies: ReadonlySet<string>
  readonly response: readonly string[]
  /** Whether a subgraph learns the address of the client. */
  readonly clientAddress: boolean
  /** What the router can decompress, as `accept-encoding` says it; '' for nothing. */
  readonly encodings: string
}

export function headerRulesFor(
  subgraph: string,
  { headers, fetching }: Pick<RouterSettings, 'headers' | 'fetching'>,
): HeaderRules {
  const { request, response } = headers
  const applies = (names: readonly string[] | undefined) => !names || names.includes(subgraph)
  const toHere = request.filter(({ to }) => applies(to))
  return {
    request: toHere.flatMap((rule) => ('name' in rule ? [rule.name] : [])),
    cookies: new Set(toHere.flatMap((rule) => ('cookie' in rule ? [rule.cookie] : []))),
    response: response.filter(({ from }) => applies(from)).map(({ name }) => name),
    clientAddress: headers.client_address,
    encodings: fetching.encodings.join(', '),
  }
}

/** Every subgraph that a rule or a section of its own names: one that the graph lacks is a slip of the pen. */
export function namedSubgraphs({ http, subgraphs, headers }: RouterSettings): readonly string[] {
  const named = [
    ...headers.request.flatMap(({ to }) => to ?? []),
    ...headers.response.flatMap(({ from }) => from ?? []),
    ...http.forward.map(({ to }) => to),
  ]
  return [...new Set([...Object.keys(subgraphs), ...named])]
}

/** Adds what the client's headers may contribute to `headers`. */
export function passRequestHeaders(
  { request, cookies }: Pick<HeaderRules, 'request' | 'cookies'>,
  client: IncomingHttpHeaders,
  headers: Record<string, string>,
): void {
  for (const name of request) {
    const value = client[name]
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  if (cookies.size === 0 || !client.cookie) return
  const passed = client.cookie.split(/; */).filter((pair) => cookies.has(pair.slice(0, pair.indexOf('='))))
  if (passed.length > 0) headers.cookie = passed.join('; ')
}
