import { CompactSign, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { AccessTokenOptions } from '../router.ts'
import { json, startTestServer, type TestServer } from './http-server.ts'

/** An issuer of access tokens with its own key server. */
export type Issuer = {
  readonly options: AccessTokenOptions
  readonly server: TestServer
  /** The published key set, as JSON. */
  keySet(): { readonly keys: readonly object[] }
  /** Signs with the newest key. Given claims replace those of a valid token; null omits a claim. */
  sign(claims?: JWTPayload | Record<string, null>, header?: Record<string, unknown>): Promise<string>
  /** Signs any text as the payload of a token. */
  signText(payload: string): Promise<string>
  /** Publishes another key, and signs with it from now on. */
  rotate(algorithm?: 'EdDSA' | 'ES256'): Promise<void>
}

const ISSUER = 'https://id.test'
const AUDIENCE = 'graph'

export async function startIssuer(): Promise<Issuer> {
  const keys: {
    readonly kid: string
    readonly alg: string
    readonly secret: CryptoKey
    readonly jwk: object
  }[] = []
  const rotate = async (alg: 'EdDSA' | 'ES256' = 'EdDSA') => {
    const { publicKey, privateKey } = await generateKeyPair(alg)
    const kid = `key-${keys.length + 1}`
    keys.push({
      kid,
      alg,
      secret: privateKey,
      jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    })
  }
  await rotate()
  const keySet = () => ({ keys: keys.map(({ jwk }) => jwk) })
  const server = await startTestServer((_, response) => json(response, 200, keySet()))
  return {
    server,
    keySet,
    rotate,
    options: {
      jwksUrl: `${server.origin}/.well-known/jwks.json`,
      // A busy machine may take more than the default.
      keysTimeMs: 50_000,
      issuer: ISSUER,
      audience: AUDIENCE,
    },
    signText(payload) {
      const key = keys.at(-1)
      if (!key) throw new Error('rotate first')
      return new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: key.alg, typ: 'at+jwt', kid: key.kid })
        .sign(key.secret)
    },
    async sign(claims = {}, header = {}) {
      const key = keys.at(-1)
      if (!key) throw new Error('rotate first')
      const now = Math.floor(Date.now() / 1_000)
      const good = {
        iss: ISSUER,
        aud: AUDIENCE,
        sub: 'usr_1',
        sid: 'ses_1',
        scope: 'self',
        iat: now,
        exp: now + 600,
      }
      const chosen = Object.entries({ ...good, ...claims }).filter(([, value]) => value !== null)
      return new SignJWT(Object.fromEntries(chosen))
        .setProtectedHeader({ alg: key.alg, typ: 'at+jwt', kid: key.kid, ...header })
        .sign(key.secret)
    },
  }
}
