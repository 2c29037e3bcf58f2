import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { acceptQuote, type Consignment, readQuote } from './quote.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const key = {
  keyId: 'key_1',
  publicKey: publicKey.export({ format: 'jwk' }).x ?? '',
  notAfter: new Date('2099-01-01T00:00:00Z'),
}
const now = new Date('2026-11-21T09:00:00Z')
const payload = {
  v: 1,
  kid: 'key_1',
  cart: 'crt_1',
  rate: 'rat_1',
  carrier: 'Puffin',
  service: 'Standard',
  amountMinor: '490',
  currency: 'EUR',
  days: 3,
  country: 'DE',
  postal: '04109',
  grams: 180,
  exp: now.getTime() / 1_000 + 60,
}
const consignment: Consignment = {
  cartId: 'crt_1',
  currency: 'EUR',
  countryCode: 'DE',
  postalCode: '04109',
  grams: 180,
}

function option(change: object = {}, signer = privateKey): string {
  const text = Buffer.from(JSON.stringify({ ...payload, ...change })).toString('base64url')
  return `sho_${text}.${sign(null, Buffer.from(text, 'ascii'), signer).toString('base64url')}`
}

function judge(id: string, change: Partial<Consignment> = {}, known: typeof key | null = key) {
  const quote = readQuote(id)
  if (!quote) throw new Error('no quote')
  const decision = acceptQuote(quote, { key: known, consignment: { ...consignment, ...change }, now })
  return decision.ok ? decision.value : decision.errors.map(({ message }) => message).join()
}

describe('a quote', () => {
  test('of the shop gives its price', () => {
    expect(judge(option())).toEqual({
      rateId: 'rat_1',
      carrier: 'Puffin',
      service: 'Standard',
      price: { minor: 490n, currency: 'EUR' },
    })
  })

  test('holds for a postal code that is written otherwise, and for a weight that is not known here', () => {
    const leeds = option({ postal: 'LS14AP', country: 'GB' })
    for (const postalCode of ['ls1 4ap', 'LS1-4AP', 'ＬＳ１　４ＡＰ'])
      expect(judge(leeds, { countryCode: 'GB', postalCode })).toMatchObject({ rateId: 'rat_1' })
    expect(judge(option(), { grams: null })).toMatchObject({ rateId: 'rat_1' })
  })

  test.each([
    [
      'whose time is over',
      option({ exp: now.getTime() / 1_000 }),
      {},
      'it expired at 2026-11-21T09:00:00.000Z',
    ],
    ['of another cart', option({ cart: 'crt_2' }), {}, 'it is for the cart "crt_2", not for "crt_1"'],
    ['in another currency', option(), { currency: 'USD' as const }, "its price is in EUR, the cart's in USD"],
    ['to another country', option(), { countryCode: 'FR' }, 'it is for DE, the address is in FR'],
    [
      'to another postal code',
      option(),
      { postalCode: '04107' },
      'it is for the postal code 04109, the address has 04107',
    ],
    ['of another weight', option(), { grams: 240 }, 'it is for 180 g, the cart weighs 240 g now'],
    ['of a greater weight', option(), { grams: 179 }, 'it is for 180 g, the cart weighs 179 g now'],
    [
      'that somebody else signed',
      option({}, generateKeyPairSync('ed25519').privateKey),
      {},
      'it was not signed by the shop',
    ],
  ])('%s does not hold, and says why', (_, id, change, why) => {
    expect(judge(id, change)).toBe(
      `the shipping option is not valid: ${why}. Allowed is an option that Cart.shippingOptions returns now`,
    )
  })

  test('of a price that was altered afterwards does not hold', () => {
    const [, text = '', signature = ''] = /^sho_(.*)\.(.*)$/.exec(option()) ?? []
    const cheaper = { ...JSON.parse(Buffer.from(text, 'base64url').toString()), amountMinor: '1' }
    const altered = `sho_${Buffer.from(JSON.stringify(cheaper)).toString('base64url')}.${signature}`
    expect(judge(altered)).toContain('not signed by the shop')
  })

  test('of a key whose time is over does not hold; at its last instant it does', () => {
    expect(judge(option(), {}, { ...key, notAfter: now })).toMatchObject({ rateId: 'rat_1' })
    const over = { ...key, notAfter: new Date(now.getTime() - 1) }
    expect(judge(option(), {}, over)).toContain('its signing key was valid until 2026-11-21T08:59:59.999Z')
  })

  test('of a key that is not known here does not hold yet', () => {
    expect(judge(option(), {}, null)).toContain('its signing key is not known yet')
  })

  test.each([
    '',
    'sho_',
    'sho_x.y',
    `sho_${'x'.repeat(3_000)}.${'y'.repeat(86)}`,
    `sho_e30.${'y'.repeat(86)}`,
    // The letter x, which is no JSON.
    `sho_eA.${'y'.repeat(86)}`,
    'shp_1',
  ])('is not read out of %j', (id) => expect(readQuote(id)).toBeNull())

  test.each([
    [{ kid: 'k'.repeat(200), amountMinor: '9'.repeat(12), grams: 0 }, true],
    [{ v: 2 }, false],
    [{ kid: 'k'.repeat(201) }, false],
    [{ amountMinor: '-1' }, false],
    [{ amountMinor: '1'.repeat(13) }, false],
    [{ currency: 'GBP' }, false],
    [{ grams: -1 }, false],
    [{ grams: 1.5 }, false],
    [{ exp: 1.5 }, false],
    // Fewer than 2,000 characters, and more.
    [{ service: 'x'.repeat(1_150) }, true],
    [{ service: 'x'.repeat(1_400) }, false],
  ])('with %j is read: %s', (change, isRead) => expect(readQuote(option(change)) !== null).toBe(isRead))
})
