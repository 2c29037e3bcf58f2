// Tested in ../rates.int.test.ts: the rotation needs published keys.

import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { newId } from '@argyle/kit/ids'
import { seal, unseal } from '@argyle/kit/sealed'
import type { QuoteKeyStatus } from '../generated/prisma/enums.ts'
import { QUOTE_MINUTES } from './quote.ts'

/** The fields of a key that rotation depends on. */
export type KeyState = {
  readonly id: string
  readonly status: QuoteKeyStatus
  readonly activatedAt: Date | null
  readonly retiredAt: Date | null
}

const DAY_MS = 24 * 3_600_000
/** Time for which a replica uses the key that it read last. */
export const KEY_CACHE_MS = 60_000
/** Time for which a key signs. The next key is published for the same time before it signs. */
export const ROTATE_AFTER_MS = 30 * DAY_MS
/** Maximum difference between the clocks of replicas and verifiers. */
const SKEW_MS = 60_000
/** Time after its last signature during which a quote of a key may be valid. */
export const VERIFIES_AFTER_MS = QUOTE_MINUTES * 60_000 + KEY_CACHE_MS + SKEW_MS

/** The actions of a rotation, in this order. */
export type RotationPlan = {
  readonly remove: readonly string[]
  readonly retire: string | null
  readonly activate: string | null
  readonly make: readonly ('CURRENT' | 'NEXT')[]
}

/**
 * Plans a rotation: the next key becomes current, a new next key is created, and retired keys are deleted
 * once none of their quotes is valid.
 */
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

/**
 * Latest expiry of a quote signed by a new key. The key waits for one rotation and signs until the next one.
 */
export function notAfterOf(now: Date): Date {
  return new Date(now.getTime() + 2 * (ROTATE_AFTER_MS + DAY_MS) + VERIFIES_AFTER_MS)
}

export type NewKey = {
  readonly id: string
  /** The raw 32 bytes of an Ed25519 public key (RFC 8032). */
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly sealedPrivateKey: Uint8Array<ArrayBuffer>
}

/** Creates an Ed25519 key pair. @param secret 32 bytes, which encrypt the private key */
export function newKey(secret: Uint8Array): NewKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return {
    id: newId('qky'),
    publicKey: Uint8Array.from(Buffer.from(x, 'base64url')),
    sealedPrivateKey: seal(secret, privateKey.export({ format: 'der', type: 'pkcs8' })),
  }
}

/** Decrypts a private key. @throws Error naming the setting if the secret is not the one that encrypted it */
export function openPrivateKey(secret: Uint8Array, id: string, sealed: Uint8Array): KeyObject {
  let der: Buffer
  try {
    der = unseal(secret, sealed)
  } catch (cause) {
    throw new Error(`QUOTE_KEY_SECRET does not decrypt the quote key ${id}`, { cause })
  }
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}
