import { LRUCache } from 'lru-cache'

export const GRAPHQL_RESPONSE = 'application/graphql-response+json; charset=utf-8'
export const JSON_RESPONSE = 'application/json; charset=utf-8'

/** How an answer is to be given. */
export type Wanted = {
  readonly type: typeof GRAPHQL_RESPONSE | typeof JSON_RESPONSE
  /**
   * Whether the client asks for `application/json` by name: a document that cannot be served is then told with status
   * 200 (GraphQL over HTTP, section 6.4.1), since such clients take another status for a fault of the way.
   */
  readonly isLegacy: boolean
}

const GRAPHQL: Wanted = { type: GRAPHQL_RESPONSE, isLegacy: false }
const LEGACY: Wanted = { type: JSON_RESPONSE, isLegacy: true }
const ANY: Wanted = { type: JSON_RESPONSE, isLegacy: false }

/** What each range of an `accept` header leads to; the first of these wins among equals. */
const OFFERS: readonly (readonly [range: string, wanted: Wanted])[] = [
  ['application/graphql-response+json', GRAPHQL],
  ['application/json', LEGACY],
  ['application/*', ANY],
  ['*/*', ANY],
]

/** Clients send one of a handful: parsing is spared, 1.5 µs a request. */
const remembered = new LRUCache<string, { readonly wanted: Wanted | null }>({ max: 256 })

/** @returns null where nothing that the router can give is accepted. */
export function wantedBy(accept: string | undefined): Wanted | null {
  if (accept === undefined || accept === '' || accept === '*/*') return ANY
  const known = remembered.get(accept)
  if (known) return known.wanted
  const wanted = negotiate(accept)
  remembered.set(accept, { wanted })
  return wanted
}

function negotiate(accept: string): Wanted | null {
  const qualities = new Map(accept.toLowerCase().split(',').map(rangeOf))
  let best: Wanted | null = null
  let highest = 0
  for (const [range, wanted] of OFFERS) {
    const quality = qualities.get(range) ?? 0
    if (quality <= highest) continue
    highest = quality
    best = wanted
  }
  return best
}

/** A range and its quality, 1 unless told. Other parameters, such as charset, are passed over: all is UTF-8. */
function rangeOf(text: string): [range: string, quality: number] {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))
  const value = quality === undefined ? 1 : Number(quality.slice(2))
  return [range, Number.isFinite(value) ? value : 0]
}

/** The first of `offered` that an `accept-encoding` header takes; null for none. */
export function encodingFor<Encoding extends string>(
  accept: string | undefined,
  offered: readonly Encoding[],
): Encoding | null {
  if (!accept) return null
  const qualities = new Map(accept.toLowerCase().split(',').map(rangeOf))
  const others = qualities.get('*') ?? 0
  return offered.find((encoding) => (qualities.get(encoding) ?? others) > 0) ?? null
}

/** Whether a body of this content type is JSON in UTF-8. */
export function isJson(contentType: string | undefined): boolean {
  if (contentType === 'application/json') return true
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';')
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type.trim())) return false
  return parameters.every(
    (parameter) => !/^ *charset *=/.test(parameter) || /= *"?utf-?8"? *$/.test(parameter),
  )
}
