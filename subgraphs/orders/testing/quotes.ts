import { generateKeyPairSync, sign } from 'node:crypto'

/** The consignment of a shipping option in a test. Default: the socks and addresses of the test. */
export type OptionOf = {
  readonly cartId: string
  readonly currency: string
  readonly grams: number
  readonly countryCode: string
  readonly postalCode: string
  readonly amountMinor?: string
  /** Seconds since the Unix epoch. */
  readonly exp?: number
}

const { publicKey, privateKey } = generateKeyPairSync('ed25519')

/** The event by which shipping publishes the key of these tests. */
export const QUOTE_KEY = {
  keyId: 'qky_1',
  publicKey: publicKey.export({ format: 'jwk' }).x ?? '',
  notAfter: '2099-01-01T00:00:00.000Z',
}

/** The id of a shipping option, signed as shipping does it. */
export function shippingOption({
  cartId,
  currency,
  grams,
  countryCode,
  postalCode,
  ...rest
}: OptionOf): string {
  const { amountMinor = '0', exp = 4_000_000_000 } = rest
  const price = { amountMinor, currency, days: 3, exp }
  const rate = { v: 1, kid: QUOTE_KEY.keyId, rate: 'rat_1', carrier: 'Puffin Post', service: 'Standard' }
  const to = { cart: cartId, country: countryCode, postal: postalCode.replaceAll(/[ -]/g, '').toUpperCase() }
  const text = Buffer.from(JSON.stringify({ ...rate, ...price, ...to, grams })).toString('base64url')
  return `sho_${text}.${sign(null, Buffer.from(text, 'ascii'), privateKey).toString('base64url')}`
}
