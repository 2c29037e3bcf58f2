import { errors, type JWTHeaderParameters, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { ANONYMOUS, type Identity, userIdentity } from './identity.ts'
import type { KeySet } from './jwks.ts'

/** The access token is not one that may be believed. The reason is for the log alone. */
export class BadToken extends Error {
  override readonly name = 'BadToken'
}

/**
 * Tells who sends a request, by its `authorization` header; none is anonymous.
 * @throws BadToken; KeysUnavailable while no key can be had to check with.
 */
export type Identify = (authorization: string | undefined) => Identity | Promise<Identity>

/** The whole of RFC 9068's checks that make sense without a session store. */
const ALGORITHMS = ['EdDSA', 'ES256']
const TYPE = 'at+jwt'
const CLOCK_TOLERANCE_SECONDS = 5
const LONGEST_TOKEN = 8_192
/** Headers that would have the token say itself which key to trust. */
const KEY_POINTERS = ['jku', 'jwk', 'x5u', 'x5c'] as const
/** How long a verified token is believed without its signature being checked anew: bounds what a withdrawn key may do. */
const BELIEVED_MS = 60_000
const REMEMBERED = 10_000

type Known = { readonly identity: Identity; readonly until: number }

/** @param issuer and `audience` are what `iss` and `aud` must be. */
export function accessTokens(
  keys: KeySet,
  { issuer, audience }: { readonly issuer: string; readonly audience: string },
): Identify {
  const verified = new LRUCache<string, Known>({ max: REMEMBERED })
  const options = {
    algorithms: ALGORITHMS,
    typ: TYPE,
    issuer,
    audience,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['exp', 'sub'],
  }
  const keyFor: JWTVerifyGetKey = (header, input) => keys.keyFor(trustworthy(header), input)
  const verify = async (token: string): Promise<Identity> => {
    const { payload } = await jwtVerify(token, keyFor, options).catch(asBadToken)
    const { sub, sid, scope, exp = 0 } = payload
    if (!sub) throw new BadToken('the subject is empty')
    const identity = userIdentity(
      sub,
      typeof sid === 'string' ? sid : null,
      typeof scope === 'string' ? scope : '',
    )
    verified.set(token, { identity, until: Math.min(exp * 1_000, Date.now() + BELIEVED_MS) })
    return identity
  }
  return (authorization) => {
    if (authorization === undefined || authorization === '') return ANONYMOUS
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1]
    if (!token || token.length > LONGEST_TOKEN) throw new BadToken('not a bearer token')
    const known = verified.get(token)
    return known && known.until > Date.now() ? known.identity : verify(token)
  }
}

function trustworthy(header: JWTHeaderParameters): JWTHeaderParameters {
  const pointer = KEY_POINTERS.find((name) => name in header)
  if (pointer) throw new BadToken(`it names its own key by ${pointer}`)
  if (typeof header.kid !== 'string') throw new BadToken('it names no key')
  return header
}

function asBadToken(error: unknown): never {
  if (error instanceof errors.JOSEError) throw new BadToken(error.message)
  throw error
}
