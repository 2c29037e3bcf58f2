import { SignJWT } from 'jose'
import type { Scope } from '../account/role.ts'
import { ACCESS_TOKEN_MS } from '../signing-key/signing-key.ts'
import type { Signer } from '../signing-key/signing-key-store.ts'

export type AccessToken = { readonly token: string; readonly expiresAt: Date }

export type Grant = { readonly userId: string; readonly sessionId: string; readonly scopes: readonly Scope[] }

/** Issuer and audience of access tokens: the settings ACCESS_TOKEN_ISSUER and ACCESS_TOKEN_AUDIENCE. */
export type Parties = { readonly issuer: string; readonly audience: string }

/** Signs an access token: a JWT of typ at+jwt (RFC 9068), EdDSA, 10 minutes. */
export async function signAccessToken(
  { kid, privateKey }: Signer,
  { userId, sessionId, scopes }: Grant,
  { issuer, audience }: Parties,
  now: Date,
): Promise<AccessToken> {
  // NumericDate counts seconds. Round down, so that `iat` is never in the future.
  const issuedAt = Math.floor(now.getTime() / 1_000)
  const expires = issuedAt + ACCESS_TOKEN_MS / 1_000
  const token = await new SignJWT({ sid: sessionId, scope: scopes.join(' ') })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expires)
    .sign(privateKey)
  return { token, expiresAt: new Date(expires * 1_000) }
}
