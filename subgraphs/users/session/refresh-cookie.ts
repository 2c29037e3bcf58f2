import type { SubgraphRequest } from '@argyle/kit/subgraph'
import { SESSION_MS } from './session.ts'

const NAME = 'argyle_refresh'
const COOKIE = /(?:^|;)\s*argyle_refresh=([\w-]{43})\s*(?:;|$)/

export type RefreshCookie = {
  /** The token that the client sent; null if there is none. */
  readonly token: string | null
  keep(token: string): void
  drop(): void
}

/**
 * The refresh token's cookie: HttpOnly, SameSite=Strict, sent only to the GraphQL endpoint.
 * @param secure whether browsers send it over TLS only.
 */
export function refreshCookie({ headers, setCookie }: SubgraphRequest, secure: boolean): RefreshCookie {
  const attributes = { httpOnly: true, sameSite: 'strict', path: '/graphql', secure } as const
  return {
    token: COOKIE.exec(String(headers.cookie ?? ''))?.[1] ?? null,
    keep: (token) => setCookie(NAME, token, { ...attributes, maxAge: SESSION_MS / 1_000 }),
    drop: () => setCookie(NAME, '', { ...attributes, maxAge: 0 }),
  }
}
