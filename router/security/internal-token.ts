import { createHmac } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Identity } from './identity.ts'

/** Creates a token that tells one subgraph the caller's identity, and that only this subgraph can verify. */
export type MintToken = (subgraph: string, identity: Identity) => string

const ISSUER = 'argyle-router'
/** Lifetime of an internal token. */
const LIFETIME_SECONDS = 60
/**
 * Time for which a token is reused. It leaves at least half of the token's lifetime for slow work and clock
 * skew.
 */
const REUSE_MS = 30_000
/** Maximum number of cached tokens. Signing one takes some microseconds. */
const REMEMBERED = 10_000

const HEADER = base64url(JSON.stringify({ alg: 'HS256', typ: 'JWT' }))

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** The key of one subgraph: HMAC-SHA256(master, name). It cannot sign for another subgraph. */
export function subgraphKey(master: Uint8Array, subgraph: string): Buffer {
  return createHmac('sha256', master).update(subgraph).digest()
}

/**
 * Creates internal tokens: a JWT (RFC 7519), HS256 with the subgraph's own key, valid for 60 s.
 * @param master 32 bytes.
 * @param now milliseconds since the epoch.
 */
export function internalTokens(master: Uint8Array, now: () => number = Date.now): MintToken {
  const keys = new Map<string, Buffer>()
  const minted = new LRUCache<string, { readonly token: string; readonly until: number }>({ max: REMEMBERED })
  const sign = (subgraph: string, identity: Identity, issuedAt: number) => {
    const key = keys.get(subgraph) ?? subgraphKey(master, subgraph)
    keys.set(subgraph, key)
    const { subject, sessionId, scope } = identity.kind === 'user' ? identity : { scope: '' }
    const claims = {
      iss: ISSUER,
      aud: subgraph,
      sub: subject,
      sid: sessionId ?? undefined,
      scope,
      iat: issuedAt,
      exp: issuedAt + LIFETIME_SECONDS,
    }
    const signed = `${HEADER}.${base64url(JSON.stringify(claims))}`
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
  }
  return (subgraph, identity) => {
    const key = identity.kind === 'user' ? `${subgraph} ${identity.key}` : subgraph
    const time = now()
    const known = minted.get(key)
    if (known && known.until > time) return known.token
    const token = sign(subgraph, identity, Math.floor(time / 1_000))
    minted.set(key, { token, until: time + REUSE_MS })
    return token
  }
}
