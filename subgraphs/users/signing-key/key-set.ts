import type { SigningKeyStore } from './signing-key-store.ts'

/** Verifiers may cache the set this long; for an unknown kid they fetch it again. */
const MAX_AGE_SECONDS = 60

/** The headers of `/.well-known/jwks.json`. */
export const KEY_SET_HEADERS = {
  'cache-control': `public, max-age=${MAX_AGE_SECONDS}`,
  'content-type': 'application/jwk-set+json',
}

/** The JSON Web Key Set (RFC 7517, section 5): public keys only. */
export async function keySet(keys: SigningKeyStore): Promise<string> {
  return JSON.stringify({ keys: await keys.published() })
}
