import { createHmac, hkdfSync, randomInt, timingSafeEqual } from 'node:crypto'

/** Validity of a code, in minutes. */
export const CODE_MINUTES = 10
/** Maximum number of attempts to enter a code. */
export const MAX_ATTEMPTS = 5
const DIGITS = 6

/** A number that waits for its code. */
export type PendingPhone = {
  readonly id: string
  readonly number: string
  readonly codeHash: string
  readonly expiresAt: Date
  readonly triesLeft: number
}

/** The key of the codes' hashes, which is used for nothing else. */
export function codeKeyOf(linkKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', linkKey, '', 'argyle phone codes', 32))
}

/** A code of six digits. */
export function newCode(): string {
  return String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0')
}

/** Hash of a code for one verification. There are only a million codes, so a hash without a key could be inverted. */
export function codeHashOf(key: Uint8Array, id: string, code: string): string {
  return createHmac('sha256', key).update(`${id} ${code}`).digest('base64url')
}

/** Result of a code. `tries` remain after a wrong one. */
export type CodeResult = 'RIGHT' | 'WRONG' | 'OVER'

/**
 * Compares a code in constant time. No code is right for a number without attempts left, or after its expiry.
 */
export function checkCode(
  key: Uint8Array,
  pending: PendingPhone | null,
  code: string,
  now: Date,
): CodeResult {
  if (!pending || pending.triesLeft < 1 || pending.expiresAt <= now) return 'OVER'
  const given = Buffer.from(codeHashOf(key, pending.id, code))
  const stored = Buffer.from(pending.codeHash)
  return given.length === stored.length && timingSafeEqual(given, stored) ? 'RIGHT' : 'WRONG'
}
