/** Sender of a request, by its access token. */
export type Identity =
  | {
      readonly kind: 'anonymous'
      /** Whether the caller sent an access token that has expired. It may do what an anonymous caller may. */
      readonly hasExpired: boolean
    }
  | {
      readonly kind: 'user'
      /** The token's `sub`. */
      readonly subject: string
      /** The token's `sid`; null if there is none. */
      readonly sessionId: string | null
      /** Space-separated, as in the token. */
      readonly scope: string
      readonly scopes: ReadonlySet<string>
      /** Equal for tokens of one subject, session and scope, which may share an internal token. */
      readonly key: string
    }

export const ANONYMOUS: Identity = { kind: 'anonymous', hasExpired: false }
/** A sender whose access token has expired. */
export const EXPIRED: Identity = { kind: 'anonymous', hasExpired: true }

/** @param scope space-separated scopes (RFC 8693, section 4.2). */
export function userIdentity(subject: string, sessionId: string | null, scope: string): Identity {
  const scopes = new Set(scope.split(' ').filter((name) => name !== ''))
  return { kind: 'user', subject, sessionId, scope, scopes, key: JSON.stringify([subject, sessionId, scope]) }
}
