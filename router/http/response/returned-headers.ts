import type { RequestContext } from '../../request-context.ts'

/** Header of an answer to an anonymous caller whose access token has expired (RFC 6750, section 3). */
const EXPIRED_CHALLENGE = [
  'www-authenticate',
  'Bearer error="invalid_token", error_description="The access token expired"',
] as const

/** Headers of an answer that depend on its caller and on subgraphs, as flat pairs. */
export function returnedHeaders({ returned, identity }: RequestContext): readonly string[] {
  const challenge = identity.kind === 'anonymous' && identity.hasExpired ? EXPIRED_CHALLENGE : []
  return [
    ...challenge,
    ...[...returned].flatMap(([name, values]) => values.flatMap((value) => [name, value])),
  ]
}
