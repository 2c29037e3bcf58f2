import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Quoting, shippingOptions } from './shipping-options.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const offer = { rateId: 'rat_1', carrier: 'Parcelway', service: 'Standard', speed: 'STANDARD' } as const

/** Quotes with one offer for every destination and weight. */
const quoting: Quoting = {
  rates: { offers: async () => [{ ...offer, priceMinor: 490n, estimatedDays: 3 }] },
  keys: { rotate: async () => {}, signer: async () => ({ kid: 'qky_1', privateKey }) },
  clock: () => new Date('2026-11-28T09:00:00.000Z'),
}
const to = { countryCode: 'FR', postalCode: '75001' }
const lines = [{ quantity: 1, variant: { weightGrams: 0 } }]

test('a cart has options if its lines and its currency are known', async () => {
  const cart = { id: 'crt_1', currencyCode: 'EUR', lines }
  expect(await shippingOptions(quoting, cart, to)).toHaveLength(1)
  expect(await shippingOptions(quoting, { id: 'crt_1', currencyCode: 'EUR' }, to)).toBeNull()
  expect(await shippingOptions(quoting, { id: 'crt_1', lines }, to)).toBeNull()
})

test('each fault of a destination is named', async () => {
  const options = shippingOptions(quoting, { id: 'crt_1' }, { countryCode: 'F', postalCode: '!' })
  await expect(options).rejects.toThrow(
    'countryCode is "F": allowed is an ISO 3166-1 alpha-2 code such as FR; postalCode is "!": allowed is letters, digits, spaces and hyphens',
  )
})
