import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { newId } from '@argyle/kit/ids'
import { seal, unseal } from '@argyle/kit/sealed'
import type { QuoteKeyStatus } from '../generated/prisma/enums.ts'
import { QUOTE_MINUTES } from './quote.ts'

/** What rotation needs to know of a key. */
export type KeyState = {
  readonly id: string
  readonly status: QuoteKeyStatus
  readonly activatedAt: Date | null
  readonly retiredAt: Date | null
}

const DAY_MS = 24 * 3_600_000
/** How long a replica goes on with the key that it last read. */
export const KEY_CACHE_MS = 60_000
/** How long a key signs. The next one is published all this time before it signs. */
export const ROTATE_AFTER_MS = 30 * DAY_MS
/** Clocks of replicas and verifiers may differ by this. */
const SKEW_MS = 60_000
/** How long after its last signature a quote of a key may be good. */
export const VERIFIES_AFTER_MS = QUOTE_MINUTES * 60_000 + KEY_CACHE_MS + SKEW_MS

/** What to do with the keys, in this order. */
export type RotationPlan = {
  readonly remove: readonly string[]
  readonly retire: string | null
  readonly activate: string | null
  readonly make: readonly ('CURRENT' | 'NEXT')[]
}

/** Plans a rotation: the key that waited signs, a new one waits, and retired ones go once no quote of theirs is good. */
export function planRotation(keys: readonly KeyState[], now: Date): RotationPlan {
  const olderThan = (date: Date | null, ms: number) => date !== null && now.getTime() - date.getTime() > ms
  const current = keys.find(({ status }) => status === 'CURRENT')
  const next = keys.find(({ status }) => status === 'NEXT')
  const remove = keys.filter(({ retiredAt }) => olderThan(retiredAt, VERIFIES_AFTER_MS)).map(({ id }) => id)
  if (current && !olderThan(current.activatedAt, ROTATE_AFTER_MS))
    return { remove, retire: null, activate: null, make: next ? [] : ['NEXT'] }
  const retire = current?.id ?? null
  if (next) return { remove, retire, activate: next.id, make: ['NEXT'] }
  return { remove, retire, activate: null, make: ['CURRENT', 'NEXT'] }
}

/** The last instant at which a quote of a new key can be good: it waits for one rotation and signs until the one after. */
export function notAfterOf(now: Date): Date {
  return new Date(now.getTime() + 2 * (ROTATE_AFTER_MS + DAY_MS) + VERIFIES_AFTER_MS)
}

export type NewKey = {
  readonly id: string
  /** The 32 bytes of an Ed25519 public key (RFC 8032). */
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly sealedPrivateKey: Uint8Array<ArrayBuffer>
}

/** Makes an Ed25519 key pair. @param secret 32 bytes, under which the private half is sealed. */
export function newKey(secret: Uint8Array): NewKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return {
    id: newId('qky'),
    publicKey: Uint8Array.from(Buffer.from(x, 'base64url')),
    sealedPrivateKey: seal(secret, privateKey.export({ format: 'der', type: 'pkcs8' })),
  }
}

/** @throws Error naming the setting, when the secret is not the one that the key was sealed under. */
export function openPrivateKey(secret: Uint8Array, id: string, sealed: Uint8Array): KeyObject {
  let der: Buffer
  try {
    der = unseal(secret, sealed)
  } catch (cause) {
    throw new Error(`QUOTE_KEY_SECRET does not open the quote key ${id}`, { cause })
  }
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}
