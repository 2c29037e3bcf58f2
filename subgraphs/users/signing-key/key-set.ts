import type { SigningKeyStore } from './signing-key-store.ts'

/** A verifier may keep the set this long; for a kid that it does not know it asks again. */
const MAX_AGE_SECONDS = 60

/** How `/.well-known/jwks.json` answers. */
export const KEY_SET_HEADERS = {
  'cache-control': `public, max-age=${MAX_AGE_SECONDS}`,
  'content-type': 'application/jwk-set+json',
}

/** The JSON Web Key Set (RFC 7517, section 5): public halves only. */
export async function keySet(keys: SigningKeyStore): Promise<string> {
  return JSON.stringify({ keys: await keys.published() })
}
