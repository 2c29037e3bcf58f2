import { generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Offer } from '../rate/rate-reads.ts'
import { optionOf } from './quote.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const offer: Offer = {
  rateId: 'rat_1',
  carrier: 'Parcelway',
  service: 'Standard',
  speed: 'STANDARD',
  priceMinor: 490n,
  estimatedDays: 3,
}
const parcel = {
  cartId: 'crt_1',
  currency: 'EUR',
  grams: 120,
  destination: { country: 'FR', postal: '75001' },
} as const
const quote = (at: string) => optionOf(offer, parcel, { kid: 'qky_1', privateKey }, new Date(at))

test('an option shows what is bought, for half an hour', () => {
  const { id: _, ...shown } = quote('2026-11-28T09:00:00.000Z')
  expect(shown).toEqual({
    carrier: 'Parcelway',
    service: 'Standard',
    speed: 'STANDARD',
    price: { minor: 490n, currency: 'EUR' },
    estimatedDays: 3,
    expiresAt: new Date('2026-11-28T09:30:00.000Z'),
  })
})

test('a quote expires at a whole second, never later than half an hour', () => {
  expect(quote('2026-11-28T09:00:00.999Z').expiresAt).toEqual(new Date('2026-11-28T09:30:00.000Z'))
})

test('its id says the same to whoever knows the public key, and cannot be altered', () => {
  const { id, expiresAt } = quote('2026-11-28T09:00:00.000Z')
  const [, text = '', signature = ''] = /^sho_([\w-]+)\.([\w-]+)$/.exec(id) ?? []
  const isSigned = (of: string) =>
    verify(null, Buffer.from(of), publicKey, Buffer.from(signature, 'base64url'))
  expect(isSigned(text)).toBe(true)
  const payload = JSON.parse(Buffer.from(text, 'base64url').toString())
  expect(payload).toEqual({
    v: 1,
    kid: 'qky_1',
    cart: 'crt_1',
    rate: 'rat_1',
    carrier: 'Parcelway',
    service: 'Standard',
    amountMinor: '490',
    currency: 'EUR',
    days: 3,
    country: 'FR',
    postal: '75001',
    grams: 120,
    exp: expiresAt.getTime() / 1_000,
  })
  const cheaper = Buffer.from(JSON.stringify({ ...payload, amountMinor: '1' })).toString('base64url')
  expect(isSigned(cheaper)).toBe(false)
})
