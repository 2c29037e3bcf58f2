import type { RequestContext } from '../execution/request-context.ts'
import type { RouterSettings } from '../settings.ts'

const NO_STORE = ['cache-control', 'no-store'] as const

/**
 * What caches may do with an answer, as flat header pairs. Only whole answers to GETs are kept: those that came with
 * errors are better asked for anew, and those that bring cookies belong to one client.
 */
export function cacheControl(
  { http, headers }: RouterSettings,
  isGet: boolean,
  isWhole: boolean,
  { identity, returned }: Pick<RequestContext, 'identity' | 'returned'>,
): readonly string[] {
  const { time, shared } = http.caching
  if (!isGet || time === undefined || !isWhole || returned.has('set-cookie')) return NO_STORE
  const scope = shared && identity.kind === 'anonymous' ? 'public' : 'private'
  const passed = headers.request.map((rule) => ('name' in rule ? rule.name : 'cookie'))
  const varying = [
    'accept',
    'accept-encoding',
    'authorization',
    ...passed,
    ...(http.cors.origins.length > 0 ? ['origin'] : []),
  ]
  return [
    'cache-control',
    `${scope}, max-age=${Math.floor(time / 1_000)}`,
    'vary',
    [...new Set(varying)].join(', '),
  ]
}
