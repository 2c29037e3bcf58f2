import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { FetchFailure } from '../http-client/fetch-failure.ts'
import type { Pools } from '../http-client/pools.ts'
import { post } from '../http-client/post.ts'
import { requestStart } from '../http-client/request.ts'
import { isRecord } from '../json/is-record.ts'
import type { Log } from '../telemetry/log.ts'
import { messageOf } from '../usage-error.ts'

/** The keys that may sign access tokens, as the identity service publishes them (RFC 7517). */
export type KeySet = {
  /** @throws KeysUnavailable while no key was ever fetched; JWKSNoMatchingKey for an unknown `kid`. */
  readonly keyFor: JWTVerifyGetKey
}

/** No key is available to verify a token, which is the fault of neither the token nor its bearer. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable'
}

type JwksOptions = {
  readonly url: URL
  readonly pools: Pools
  readonly log: Log
  /** Time limit of a fetch, in milliseconds. */
  readonly timeMs?: number | undefined
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number
}

/**
 * Minimum time between two fetches for unknown key ids, since tokens with invented ids must not cause many
 * fetches.
 */
const COOLDOWN_MS = 30_000
/** Time between two fetches while there is no key at all, and nobody can sign in. */
const RETRY_MS = 1_000
/**
 * Interval of background fetches, after which withdrawn keys are removed. A failed fetch keeps the known
 * keys.
 */
const REFRESH_MS = 300_000
/** Time limit of a fetch of the key set. */
const TIME_MS = 3_000
/** Bytes of a key set. */
const MAX_SET = 64 * 1_024

/** A key set that is fetched on first use, and kept if its source becomes unavailable. */
export function remoteKeySet({
  url,
  pools,
  log,
  timeMs = TIME_MS,
  now = () => performance.now(),
}: JwksOptions): KeySet {
  let keys: JWTVerifyGetKey | null = null
  let asked = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | null = null

  const fetchKeys = async () => {
    asked = now()
    try {
      keys = createLocalJWKSet(await readKeySet(url, pools, timeMs))
    } catch (error) {
      const detail = error instanceof FetchFailure ? error.detail : messageOf(error)
      log.warn({ detail }, 'the keys of access tokens could not be fetched')
    }
  }
  const refresh = () => {
    asking ??= fetchKeys().finally(() => {
      asking = null
    })
    return asking
  }
  const restedFor = (ms: number) => now() - asked >= ms

  return {
    async keyFor(header, token) {
      if (!keys && (asking || restedFor(RETRY_MS))) await refresh()
      if (!keys) throw new KeysUnavailable('no key has been fetched yet')
      if (restedFor(REFRESH_MS)) void refresh()
      try {
        return await keys(header, token)
      } catch (error) {
        const isUnknown = error instanceof errors.JWKSNoMatchingKey
        if (!isUnknown || !(asking || restedFor(COOLDOWN_MS))) throw error
        await refresh()
        return keys(header, token)
      }
    },
  }
}

async function readKeySet(url: URL, pools: Pools, timeMs: number): Promise<JSONWebKeySet> {
  const { status, body } = await post(pools.pool(url.origin), {
    head: requestStart('GET', url, { accept: 'application/json' }),
    body: null,
    timeMs,
    maxBytes: MAX_SET,
  })
  if (status !== 200) throw new FetchFailure('status', `status ${status}`)
  const set: unknown = JSON.parse(body.toString())
  // An empty set would refuse every token, so it counts as a fault of its source.
  const isKeySet = isRecord(set) && Array.isArray(set.keys) && set.keys.some(isNamedKey)
  if (!isKeySet) throw new FetchFailure('invalid', 'not a JWK set with a named key')
  // createLocalJWKSet checks the rest of the shape itself.
  return set as unknown as JSONWebKeySet
}

function isNamedKey(key: unknown): boolean {
  return isRecord(key) && typeof key.kid === 'string'
}
