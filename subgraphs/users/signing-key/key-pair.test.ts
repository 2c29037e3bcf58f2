import { createPublicKey, randomBytes, sign, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { newKey, openPrivateKey } from './key-pair.ts'

test('the published half verifies what the sealed half signs, and holds nothing private', async () => {
  const secret = randomBytes(32)
  const { kid, publicJwk, sealedPrivateKey } = await newKey(secret)
  expect(publicJwk).toEqual({
    kty: 'OKP',
    crv: 'Ed25519',
    x: expect.any(String),
    kid,
    alg: 'EdDSA',
    use: 'sig',
  })
  const text = Buffer.from('socks')
  const signature = sign(null, text, openPrivateKey(secret, kid, sealedPrivateKey))
  const { kty, crv, x } = publicJwk
  expect(verify(null, text, createPublicKey({ key: { kty, crv, x }, format: 'jwk' }), signature)).toBe(true)
})

test('another secret opens nothing, and the setting is named', async () => {
  const { kid, sealedPrivateKey } = await newKey(randomBytes(32))
  expect(() => openPrivateKey(randomBytes(32), kid, sealedPrivateKey)).toThrow(
    `SIGNING_KEY_SECRET does not open the signing key ${kid}`,
  )
})
