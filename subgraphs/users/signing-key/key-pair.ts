import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { seal, unseal } from '@argyle/kit/sealed'
import { calculateJwkThumbprint } from 'jose'
import type { PublishedKey } from './signing-key.ts'

export type NewKey = {
  readonly kid: string
  readonly publicJwk: PublishedKey
  readonly sealedPrivateKey: Uint8Array<ArrayBuffer>
}

/**
 * Makes an Ed25519 key pair (RFC 8032). Its kid is the thumbprint of the public key (RFC 7638), so a kid
 * always names the same key.
 * @param secret 32 bytes that encrypt the private key.
 */
export async function newKey(secret: Uint8Array): Promise<NewKey> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const jwk = publicKey.export({ format: 'jwk' })
  const kid = await calculateJwkThumbprint(jwk)
  const sealedPrivateKey = seal(secret, privateKey.export({ format: 'der', type: 'pkcs8' }))
  return { kid, publicJwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' }, sealedPrivateKey }
}

/** @throws Error naming the setting if the key was encrypted with another secret. */
export function openPrivateKey(secret: Uint8Array, kid: string, sealed: Uint8Array): KeyObject {
  let der: Buffer
  try {
    der = unseal(secret, sealed)
  } catch (cause) {
    throw new Error(`SIGNING_KEY_SECRET does not open the signing key ${kid}`, { cause })
  }
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}
