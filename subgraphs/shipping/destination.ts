import { lineOfText, maybeLineOfText } from '@argyle/kit/text'
import { z } from 'zod'

/** The longest postal code that an address may have; users has the same bound. */
export const LONGEST_POSTAL_CODE = 16

/** A country as ISO 3166-1 writes it. Which ones there are is for the zones to say. */
export const countryCodeSchema = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{2}$/, { error: 'an ISO 3166-1 alpha-2 code such as FR' })

/** Postal codes are compared in capitals, without spaces and hyphens: people write them either way. */
export function normalPostalCode(postalCode: string): string {
  return postalCode.normalize('NFKC').toUpperCase().replaceAll(/[ -]/g, '')
}

const POSTAL_CODE = /^[\p{L}\p{N}](?:[\p{L}\p{N} -]*[\p{L}\p{N}])?$/u

/** A postal code as a customer writes it, made normal. */
export const postalCodeSchema = lineOfText(LONGEST_POSTAL_CODE)
  .pipe(z.string().regex(POSTAL_CODE, { error: 'letters, digits, spaces and hyphens' }))
  .transform(normalPostalCode)

const PREFIX = /^[\p{L}\p{N}]*$/u

/** How postal codes begin, made normal; empty for all of a country. */
export const postalPrefixSchema = maybeLineOfText(LONGEST_POSTAL_CODE)
  .transform((text) => normalPostalCode(text ?? ''))
  .pipe(z.string().regex(PREFIX, { error: 'letters and digits, or nothing for the whole country' }))

export type Destination = { readonly country: string; readonly postal: string }

/** Every beginning of a postal code, the longest first, down to nothing. */
export function prefixesOf(postal: string): string[] {
  const signs = [...postal]
  return Array.from({ length: signs.length + 1 }, (_, cut) => signs.slice(0, signs.length - cut).join(''))
}
