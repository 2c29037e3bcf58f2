import { createSecretKey } from 'node:crypto'
import { jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { unauthenticated } from '../errors/errors.ts'

/** A signed-in caller. */
export type UserViewer = {
  readonly kind: 'user'
  readonly id: string
  readonly sessionId: string
  readonly scopes: ReadonlySet<string>
}

/** The caller, as stated by the router's internal token. */
export type Viewer = { readonly kind: 'anonymous' } | UserViewer

export const anonymous: Viewer = { kind: 'anonymous' }

/** @throws GraphQLError UNAUTHENTICATED for an anonymous viewer. */
export function requireUser(viewer: Viewer): UserViewer {
  if (viewer.kind === 'user') return viewer
  throw unauthenticated()
}

export function hasScope(viewer: Viewer, scope: string): boolean {
  return viewer.kind === 'user' && viewer.scopes.has(scope)
}

/** Whether the viewer is the user with this id. */
export function isSelf(viewer: Viewer, userId: string): boolean {
  return viewer.kind === 'user' && viewer.id === userId
}

/**
 * Whether the viewer may read an order of this customer: its own customer and staff may. `null`: a guest's
 * order, which its guest reads by number and secret. Other viewers get no reference to it either, since its
 * non-null fields would be errors.
 */
export function mayReadOrder(viewer: Viewer, customerId: string | null): boolean {
  return (customerId !== null && isSelf(viewer, customerId)) || hasScope(viewer, 'orders:read')
}

const ISSUER = 'argyle-router'
/** Seconds by which the clock of the router may differ. */
const CLOCK_TOLERANCE_SECONDS = 5

type Claims = { sub?: string; sid?: unknown; scope?: unknown; exp?: number }

function viewerOf({ sub, sid, scope }: Claims): Viewer {
  if (sub === undefined) return anonymous
  const scopes = new Set(typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [])
  return { kind: 'user', id: sub, sessionId: typeof sid === 'string' ? sid : '', scopes }
}

/**
 * Verifies internal tokens: a JWT (RFC 7519), HS256 with this subgraph's own key, `aud` = its name, valid 60
 * s. The router reuses a token for some seconds, so verified tokens are cached until they expire.
 * @param key 32 bytes.
 * @returns a function from the `authorization` header to the viewer; it rejects with UNAUTHENTICATED.
 */
export function tokenVerifier(
  subgraph: string,
  key: Uint8Array,
): (header: string | undefined) => Promise<Viewer> {
  const secret = createSecretKey(key)
  const verified = new LRUCache<string, { viewer: Viewer; expires: number }>({ max: 2_000 })
  const options = {
    algorithms: ['HS256'],
    issuer: ISSUER,
    audience: subgraph,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  }
  return async (header) => {
    const token = header?.startsWith('Bearer ') ? header.slice(7) : ''
    const known = verified.get(token)
    if (known && known.expires > Date.now()) return known.viewer
    const claims = await verify(token, secret, options)
    const viewer = viewerOf(claims)
    verified.set(token, { viewer, expires: (claims.exp ?? 0) * 1_000 })
    return viewer
  }
}

async function verify(
  token: string,
  secret: Parameters<typeof jwtVerify>[1],
  options: object,
): Promise<Claims> {
  try {
    const { payload } = await jwtVerify<Claims>(token, secret, { ...options, requiredClaims: ['exp'] })
    return payload
  } catch {
    throw unauthenticated()
  }
}
