import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { seal, unseal } from '@argyle/kit/sealed'

const TOKEN = /^[\w-]{43}$/

/** A new opaque refresh token: 256 random bits in base64url. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Whether a value has the form of a refresh token. */
export function isRefreshToken(value: string): boolean {
  return TOKEN.test(value)
}

/** The stored form of a token: its SHA-256. 256 random bits need neither salt nor a slow hash. */
export function hashOfToken(token: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(token).digest())
}

const keyOf = (token: string) => new Uint8Array(hkdfSync('sha256', token, '', 'argyle refresh successor', 32))

/**
 * Encrypts a token's successor with the token itself. Within the grace period a second tab with the old token
 * gets the same successor as the first, so that a family never has two valid tokens. A copy of the database
 * reveals no token.
 */
export function sealSuccessor(token: string, successor: string): Uint8Array<ArrayBuffer> {
  return seal(keyOf(token), Buffer.from(successor))
}

/** Decrypts the output of `sealSuccessor`. */
export function unsealSuccessor(token: string, sealed: Uint8Array): string {
  return unseal(keyOf(token), sealed).toString()
}
