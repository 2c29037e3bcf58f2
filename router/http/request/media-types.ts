import { LRUCache } from 'lru-cache'

export const GRAPHQL_RESPONSE = 'application/graphql-response+json; charset=utf-8'
export const JSON_RESPONSE = 'application/json; charset=utf-8'

/** The form of an answer. */
export type Wanted = {
  readonly type: typeof GRAPHQL_RESPONSE | typeof JSON_RESPONSE
  /**
   * Whether the client accepts `application/json` by name: a document that cannot be executed is then
   * answered with status 200 (GraphQL over HTTP, section 6.4.1), since such clients treat other statuses as
   * transport errors.
   */
  readonly isLegacy: boolean
}

const GRAPHQL: Wanted = { type: GRAPHQL_RESPONSE, isLegacy: false }
const LEGACY: Wanted = { type: JSON_RESPONSE, isLegacy: true }
const ANY: Wanted = { type: JSON_RESPONSE, isLegacy: false }

/** Media types on offer; the first wins among equals. */
const OFFERS: readonly (readonly [type: string, named: Wanted, unnamed: Wanted])[] = [
  ['application/graphql-response+json', GRAPHQL, GRAPHQL],
  ['application/json', LEGACY, ANY],
]

/** Cached, since clients send only a few different values: parsing takes 1.5 µs per request. */
const remembered = new LRUCache<string, { readonly wanted: Wanted | null }>({ max: 256 })

/** @returns null if the client accepts no media type that the router offers. */
export function wantedBy(accept: string | undefined): Wanted | null {
  if (accept === undefined || accept === '' || accept === '*/*') return ANY
  const known = remembered.get(accept)
  if (known) return known.wanted
  const wanted = negotiate(qualitiesIn(accept))
  remembered.set(accept, { wanted })
  return wanted
}

/**
 * The best offer by RFC 9110, section 12.5.1: of each type the most specific range counts, and one of quality 0 excludes
 * it. A type that is named comes before one that only a wildcard covers, then JSON, which every client can read.
 */
function negotiate(qualities: ReadonlyMap<string, number>): Wanted | null {
  let best: Wanted | null = null
  let highest = 0
  for (const [type, named] of OFFERS) {
    const quality = qualities.get(type) ?? 0
    if (quality <= highest) continue
    highest = quality
    best = named
  }
  const others = qualities.get('application/*') ?? qualities.get('*/*') ?? 0
  if (others <= highest) return best
  return OFFERS.findLast(([type]) => !qualities.has(type))?.[2] ?? best
}

/**
 * The members of a header such as `accept` with their qualities; of duplicates, the first counts. Other
 * parameters, such as charset, are ignored, since everything is UTF-8.
 */
function qualitiesIn(header: string): ReadonlyMap<string, number> {
  const qualities = new Map<string, number>()
  for (const member of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = member.split(';').map((part) => part.trim())
    if (name !== '' && !qualities.has(name)) qualities.set(name, qualityOf(parameters))
  }
  return qualities
}

/** 1 by default; 0 if it is not a number. */
function qualityOf(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => /^q\s*=/.test(parameter))
  if (weight === undefined) return 1
  const value = Number.parseFloat(weight.slice(weight.indexOf('=') + 1))
  return value >= 0 ? Math.min(1, value) : 0
}

/** How a body may be encoded. */
export type WantedEncoding<Encoding> = {
  /** null: not at all. */
  readonly encoding: Encoding | null
  /** Whether it must be encoded so, however small it is: `identity` is excluded. */
  readonly isRequired: boolean
}

/**
 * Chooses among `offered` by RFC 9110, section 12.5.3: the highest quality; among equals the first offer, and
 * the unencoded body last. If nothing is acceptable, the body is not encoded.
 */
export function encodingFor<Encoding extends string>(
  accept: string | undefined,
  offered: readonly Encoding[],
): WantedEncoding<Encoding> {
  if (!accept) return { encoding: null, isRequired: false }
  const qualities = qualitiesIn(accept)
  const others = qualities.get('*')
  const identity = qualities.get('identity') ?? others
  let encoding: Encoding | null = null
  // Identity that is not mentioned is acceptable, and less wanted than all that is.
  let highest = identity ?? 0
  for (const offer of offered) {
    // RFC 9110, section 8.4.1.3: x-gzip is gzip.
    const quality = qualities.get(offer) ?? qualities.get(`x-${offer}`) ?? others ?? 0
    if (quality < highest || quality === 0 || (quality === highest && encoding)) continue
    highest = quality
    encoding = offer
  }
  return { encoding, isRequired: encoding !== null && identity === 0 }
}

/** Whether a body of this content type is JSON in UTF-8. */
export function isJson(contentType: string | undefined): boolean {
  if (contentType === 'application/json') return true
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';')
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type.trim())) return false
  return parameters.every(
    (parameter) => !/^\s*charset\s*=/.test(parameter) || /=\s*"?utf-?8"?\s*$/.test(parameter),
  )
}
