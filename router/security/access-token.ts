import { hash } from 'node:crypto'
import {
  decodeJwt,
  errors,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { LRUCache } from 'lru-cache'
import { ANONYMOUS, EXPIRED, type Identity, userIdentity } from './identity.ts'
import type { KeySet } from './jwks.ts'

/** The access token is invalid. The reason is for the log only. */
export class BadToken extends Error {
  override readonly name = 'BadToken'
}

/**
 * Determines the sender of a request by its `authorization` header. Without one the sender is anonymous, and
 * so is one with an expired token that is otherwise valid.
 * @throws BadToken; KeysUnavailable while no key is available.
 */
export type Identify = (authorization: string | undefined) => Identity | Promise<Identity>

/** All checks of RFC 9068 that are possible without a session store. */
const ALGORITHMS = ['EdDSA', 'ES256']
const TYPE = 'at+jwt'
/** Seconds by which the clock of the issuer may differ. */
const CLOCK_TOLERANCE_SECONDS = 5
/** Characters of an access token. */
const MAX_TOKEN_LENGTH = 8_192
/** Headers by which a token would itself determine the key that verifies it. */
const KEY_POINTERS = ['jku', 'jwk', 'x5u', 'x5c'] as const
/**
 * Time for which a verified token is accepted without verifying its signature again: it limits the use of a
 * withdrawn key.
 */
const BELIEVED_MS = 60_000
/** Maximum number of verified tokens in memory. */
export const REMEMBERED = 10_000

export type Known = { readonly identity: Identity; readonly until: number }

/**
 * @param issuer and `audience` are the required values of `iss` and `aud`. @param verified caches tokens
 * whose signature was verified, by their SHA-256: anybody can send others, of 8 KB each
 */
export function accessTokens(
  keys: KeySet,
  { issuer, audience }: { readonly issuer: string; readonly audience: string },
  verified = new LRUCache<string, Known>({ max: REMEMBERED }),
): Identify {
  const options = {
    algorithms: ALGORITHMS,
    typ: TYPE,
    issuer,
    audience,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['exp', 'sub'],
  }
  const keyFor: JWTVerifyGetKey = (header, input) => keys.keyFor(trustworthy(header), input)
  const verifiedClaims = async (token: string) => {
    try {
      const { payload } = await jwtVerify(token, keyFor, options)
      return { payload, hasExpired: false, isSigned: true }
    } catch (error) {
      // Thrown after all other checks of the token have passed.
      if (error instanceof errors.JWTExpired)
        return { payload: error.payload, hasExpired: true, isSigned: true }
      // A key is withdrawn some time after the last token that it signed has expired.
      const stale = error instanceof errors.JWKSNoMatchingKey ? expiredClaims(token, issuer) : null
      if (stale) return { payload: stale, hasExpired: true, isSigned: false }
      if (error instanceof errors.JOSEError) throw new BadToken(error.message)
      throw error
    }
  }
  const verify = async (token: string, key: string): Promise<Identity> => {
    const now = Date.now()
    const { payload, hasExpired, isSigned } = await verifiedClaims(token)
    const claims = claimsOf(payload)
    const identity = hasExpired ? EXPIRED : userIdentity(claims.sub, claims.sid, claims.scope)
    const end = hasExpired ? Number.POSITIVE_INFINITY : claims.exp * 1_000
    if (isSigned) verified.set(key, { identity, until: Math.min(end, now + BELIEVED_MS) })
    return identity
  }
  return (authorization) => {
    if (authorization === undefined || authorization === '') return ANONYMOUS
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1]
    if (!token || token.length > MAX_TOKEN_LENGTH) throw new BadToken('not a bearer token')
    const key = hash('sha256', token, 'base64url')
    const known = verified.get(key)
    return known && known.until > Date.now() ? known.identity : verify(token, key)
  }
}

function trustworthy(header: JWTHeaderParameters): JWTHeaderParameters {
  const pointer = KEY_POINTERS.find((name) => name in header)
  if (pointer) throw new BadToken(`it names its own key by ${pointer}`)
  if (typeof header.kid !== 'string') throw new BadToken('it names no key')
  return header
}

/** The claims of an identity, of the types in RFC 7519 and RFC 8693. @throws BadToken */
function claimsOf(payload: JWTPayload): {
  readonly sub: string
  readonly sid: string | null
  readonly scope: string
  readonly exp: number
} {
  const { sub, sid = null, scope = '', aud, exp, nbf = 0, iat = 0 } = payload
  // The library only checks that `sub` exists; its type claims more.
  if (!isText(sub)) throw new BadToken('the subject is not a string')
  if (sid !== null && !isText(sid)) throw new BadToken('the session is not a string')
  if (typeof scope !== 'string') throw new BadToken('the scope is not a string')
  if (![aud].flat().every(isText)) throw new BadToken('the audience is not a string')
  // JSON numbers such as 1e999 are infinite when parsed.
  if (!Number.isFinite(exp) || !Number.isFinite(nbf) || !Number.isFinite(iat))
    throw new BadToken('a time is not a number')
  return { sub, sid, scope, exp: Number(exp) }
}

/** Not empty, and well-formed, so that its UTF-8 encoding differs from that of every other text. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.isWellFormed()
}

/** The claims of a token whose key is no longer known, if it states itself that it has expired. */
function expiredClaims(token: string, issuer: string): JWTPayload | null {
  const claims = decodedClaims(token)
  const isOver = Number(claims?.exp) + CLOCK_TOLERANCE_SECONDS < Date.now() / 1_000
  return claims?.iss === issuer && isOver ? claims : null
}

/** The claims as the token states them; null if it has none. */
function decodedClaims(token: string): JWTPayload | null {
  try {
    return decodeJwt(token)
  } catch {
    return null
  }
}
