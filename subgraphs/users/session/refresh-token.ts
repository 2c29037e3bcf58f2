import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { seal, unseal } from '../sealed.ts'

const TOKEN = /^[\w-]{43}$/

/** A new refresh token: 256 random bits in base64url, meaning nothing by itself. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Whether a value has the form of a refresh token. */
export function isRefreshToken(value: string): boolean {
  return TOKEN.test(value)
}

/** What the database keeps of a token: its SHA-256. 256 random bits need no salt and no slow hash. */
export function hashOfToken(token: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash('sha256').update(token).digest())
}

const keyOf = (token: string) => new Uint8Array(hkdfSync('sha256', token, '', 'argyle refresh successor', 32))

/**
 * Seals a token's successor under the token itself. Within the grace, a second tab that shows the old token gets the same
 * successor as the first, so a family never has two tokens in force; and a copy of the database opens none of them.
 */
export function sealSuccessor(token: string, successor: string): Uint8Array<ArrayBuffer> {
  return seal(keyOf(token), Buffer.from(successor))
}

/** Opens what `sealSuccessor` made. */
export function unsealSuccessor(token: string, sealed: Uint8Array): string {
  return unseal(keyOf(token), sealed).toString()
}
