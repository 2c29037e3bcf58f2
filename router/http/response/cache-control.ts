import { callerHeaders, passesCredentials, varyingHeaders } from '../../fetching/header-rules.ts'
import type { RequestContext } from '../../request-context.ts'
import type { RouterSettings } from '../../settings.ts'

const NO_STORE = ['cache-control', 'no-store'] as const

/**
 * The caching headers of a response, as flat header pairs. Only complete responses to GETs can be cached: not
 * those with errors, those with cookies, which belong to one client, and those that report an expired token.
 */
export function cachingHeaders({ http, headers }: RouterSettings) {
  const { time, shared } = http.caching
  const rules = callerHeaders(headers.request)
  const varying = [
    'accept',
    'accept-encoding',
    'authorization',
    ...varyingHeaders(rules),
    ...(http.cors.origins.length > 0 ? ['origin'] : []),
  ]
  const vary = [...new Set(varying)].join(', ')
  return (
    isGet: boolean,
    isWhole: boolean,
    { identity, returned, headers: client }: Pick<RequestContext, 'identity' | 'returned' | 'headers'>,
  ): readonly string[] => {
    if (!isGet || time === undefined || !isWhole || returned.has('set-cookie')) return NO_STORE
    if (identity.kind === 'anonymous' && identity.hasExpired) return NO_STORE
    const isPublic = shared && identity.kind === 'anonymous' && !passesCredentials(rules, client)
    const scope = isPublic ? 'public' : 'private'
    return ['cache-control', `${scope}, max-age=${Math.floor(time / 1_000)}`, 'vary', vary]
  }
}
