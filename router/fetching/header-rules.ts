import type { IncomingHttpHeaders } from 'node:http'
import type { RouterSettings } from '../settings.ts'

type RequestRule = RouterSettings['headers']['request'][number]

/**
 * The headers of a client by which a subgraph can distinguish callers. They determine the headers of a fetch,
 * which callers can share a response, and which caches may store it.
 */
export type CallerHeaders = {
  /** Names in lower case, passed whole. */
  readonly request: readonly string[]
  /** Names of cookies. */
  readonly cookies: ReadonlySet<string>
}

export function callerHeaders(rules: readonly RequestRule[]): CallerHeaders {
  const request: string[] = []
  const cookies = new Set<string>()
  for (const rule of rules) {
    if ('name' in rule) request.push(rule.name)
    else if ('cookie' in rule) cookies.add(rule.cookie)
    else unknownRule(rule)
  }
  return { request, cookies }
}

/** A kind of rule that `callerHeaders` does not know does not compile. */
function unknownRule(rule: never): never {
  throw new Error(`a rule of headers.request is of an unknown kind: ${JSON.stringify(rule)}`)
}

/** Headers that pass between clients and one subgraph. All others stay at the router. */
export type HeaderRules = CallerHeaders & {
  readonly response: readonly string[]
  /** Whether a subgraph gets the address of the client. */
  readonly clientAddress: boolean
  /** Value of `accept-encoding`: the encodings that the router can decompress; '' for none. */
  readonly encodings: string
}

export function headerRulesFor(
  subgraph: string,
  { headers, fetching }: Pick<RouterSettings, 'headers' | 'fetching'>,
): HeaderRules {
  const { request, response } = headers
  const applies = (names: readonly string[] | undefined) => !names || names.includes(subgraph)
  return {
    ...callerHeaders(request.filter(({ to }) => applies(to))),
    response: response.filter(({ from }) => applies(from)).map(({ name }) => name),
    clientAddress: headers.client_address,
    encodings: fetching.encodings.join(', '),
  }
}

/** The subgraphs that the settings name. One that the graph lacks is probably a typing error. */
export function namedSubgraphs({ http, identity, subgraphs, headers }: RouterSettings): readonly string[] {
  const named = [
    ...headers.request.flatMap(({ to }) => to ?? []),
    ...headers.response.flatMap(({ from }) => from ?? []),
    ...http.forward.map(({ to }) => to),
    ...identity.readers_from,
  ]
  return [...new Set([...subgraphs.keys(), ...named])]
}

/** Adds what the client's headers may contribute to `headers`. */
export function passRequestHeaders(
  { request, cookies }: CallerHeaders,
  client: IncomingHttpHeaders,
  headers: Record<string, string>,
): void {
  for (const name of request) {
    // A header may be called `constructor`, which every object has.
    const value = Object.hasOwn(client, name) ? client[name] : undefined
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  if (cookies.size === 0 || !client.cookie) return
  const passed = client.cookie.split(/;[ \t]*/).filter((pair) => cookies.has(cookieNameOf(pair)))
  if (passed.length > 0) headers.cookie = passed.join('; ')
}

/** A pair without `=` is a value without a name to browsers (RFC 6265bis, section 5.6): no rule names it. */
function cookieNameOf(pair: string): string {
  const equals = pair.indexOf('=')
  return equals < 0 ? '' : pair.slice(0, equals)
}

/** Headers by which a caller proves who it is: an answer that depends on one is for that caller alone (RFC 9111, section 3.5). */
const CREDENTIALS = ['authorization', 'cookie']

/** Whether fetches may carry credentials of this client. */
export function passesCredentials(rules: CallerHeaders, client: IncomingHttpHeaders): boolean {
  const passed: Record<string, string> = Object.create(null)
  passRequestHeaders(rules, client, passed)
  return CREDENTIALS.some((name) => name in passed)
}

/** The request headers that an answer may depend on, for `vary`. */
export function varyingHeaders({ request, cookies }: CallerHeaders): readonly string[] {
  return cookies.size > 0 ? [...request, 'cookie'] : request
}
