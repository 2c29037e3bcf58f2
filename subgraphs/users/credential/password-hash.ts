import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { normalisePassword } from './password.ts'

/** The cost of one hash: memory in KiB, passes, lanes. */
export type HashCost = { readonly memory: number; readonly passes: number; readonly parallelism: number }

/**
 * The first recommendation for argon2id of the OWASP password storage cheat sheet: 19 MiB, 2 passes, 1 lane;
 * about 20 ms.
 */
export const COST: HashCost = { memory: 19_456, passes: 2, parallelism: 1 }

const SALT_BYTES = 16
const TAG_BYTES = 32
const ENCODED = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})$/

// Runs in Node's thread pool, not on the event loop.
const argon2id = (parameters: Argon2Parameters) => promisify(argon2)('argon2id', parameters)

function derive(password: string, nonce: Uint8Array, cost: HashCost): Promise<Buffer> {
  return argon2id({ message: normalisePassword(password), nonce, tagLength: TAG_BYTES, ...cost })
}

const unpadded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '')

function encode(cost: HashCost, salt: Uint8Array, tag: Uint8Array): string {
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

/** Hashes a password by argon2id (RFC 9106) into the PHC string format `$argon2id$v=19$m=…,t=…,p=…$salt$tag`. */
export async function hashPassword(password: string, cost: HashCost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return encode(cost, salt, await derive(password, salt, cost))
}

/**
 * Checks a password against an encoded hash, in constant time.
 * @returns whether it matches, and whether the hash has another cost than the current one and should be
 * replaced.
 * @throws Error if `encoded` is not an argon2id string: the stored row is broken.
 */
export async function verifyPassword(
  encoded: string,
  password: string,
  today: HashCost = COST,
): Promise<{ matches: boolean; outdated: boolean }> {
  const [, m, t, p, salt, tag] = ENCODED.exec(encoded) ?? []
  if (salt === undefined || tag === undefined)
    throw new Error('the stored password hash is not an argon2id string')
  const cost = { memory: Number(m), passes: Number(t), parallelism: Number(p) }
  const matches = timingSafeEqual(
    await derive(password, Buffer.from(salt, 'base64'), cost),
    Buffer.from(tag, 'base64'),
  )
  const outdated =
    cost.memory !== today.memory || cost.passes !== today.passes || cost.parallelism !== today.parallelism
  return { matches, outdated }
}

/**
 * A hash that no password matches, with the current cost. It is verified for an unknown e-mail address, so
 * that the answer takes as long as for a known one. Its tag is random; creating it hashes nothing.
 */
export function unmatchableHash(): string {
  return encode(COST, randomBytes(SALT_BYTES), randomBytes(TAG_BYTES))
}
