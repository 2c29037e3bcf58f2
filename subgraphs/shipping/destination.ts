import { charactersOf, lineOfText, maybeLineOfText } from '@argyle/kit/text'
import { z } from 'zod'

/** Maximum length of a postal code. users has the same limit. */
export const MAX_POSTAL_CODE_LENGTH = 16

/** Syntax of an ISO 3166-1 alpha-2 code. The zones determine the countries that the shop ships to. */
export const countryCodeSchema = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{2}$/, { error: 'an ISO 3166-1 alpha-2 code such as FR' })

/** Normalises a postal code: capitals, without spaces and hyphens. */
export function normalPostalCode(postalCode: string): string {
  return postalCode.normalize('NFKC').toUpperCase().replaceAll(/[ -]/g, '')
}

const POSTAL_CODE = /^[\p{L}\p{N}](?:[\p{L}\p{N} -]*[\p{L}\p{N}])?$/u

/** A postal code in an input, normalised. */
export const postalCodeSchema = lineOfText(MAX_POSTAL_CODE_LENGTH)
  .pipe(z.string().regex(POSTAL_CODE, { error: 'letters, digits, spaces and hyphens' }))
  .transform(normalPostalCode)

const PREFIX = /^[\p{L}\p{N}]*$/u

/** A prefix of postal codes, normalised; empty for the whole country. */
export const postalPrefixSchema = maybeLineOfText(MAX_POSTAL_CODE_LENGTH)
  .superRefine((text, context) => {
    const prefix = normalPostalCode(text ?? '')
    const refuse = (message: string) => context.addIssue({ code: 'custom', message, input: text })
    // Normalised text may be longer: ß becomes SS.
    if (charactersOf(prefix) > MAX_POSTAL_CODE_LENGTH)
      refuse(`at most ${MAX_POSTAL_CODE_LENGTH} characters in capitals`)
    else if (!PREFIX.test(prefix)) refuse('letters and digits, or nothing for the whole country')
  })
  .transform((text) => normalPostalCode(text ?? ''))

export type Destination = { readonly country: string; readonly postal: string }

/** All prefixes of a postal code, longest first, down to the empty one. */
export function prefixesOf(postal: string): string[] {
  const signs = [...postal]
  return Array.from({ length: signs.length + 1 }, (_, cut) => signs.slice(0, signs.length - cut).join(''))
}
