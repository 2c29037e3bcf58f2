import { isCountryCode } from '@argyle/kit/country'
import { lineOfText, maybeLineOfText } from '@argyle/kit/text'
import { z } from 'zod'

const POSTAL_CODE = /^[\p{L}\p{N}](?:[\p{L}\p{N} -]*[\p{L}\p{N}])?$/u

const fields = {
  recipient: lineOfText(100),
  line1: lineOfText(100),
  line2: maybeLineOfText(100).nullable(),
  city: lineOfText(100),
  region: maybeLineOfText(100).nullable(),
  postalCode: lineOfText(16).pipe(
    z.string().regex(POSTAL_CODE, { error: 'letters, digits, spaces and hyphens' }),
  ),
  countryCode: z
    .string()
    .trim()
    .toUpperCase()
    .refine(isCountryCode, { error: 'an ISO 3166-1 alpha-2 code such as FR' }),
}

export const addressContentSchema = z.object({
  ...fields,
  line2: fields.line2.default(null),
  region: fields.region.default(null),
  isDefault: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
})

/**
 * A change: absent fields are not changed. Null empties `line2` and `region`, and is refused for other
 * fields.
 */
export const addressChangeSchema = z.object({
  recipient: fields.recipient.optional(),
  line1: fields.line1.optional(),
  line2: fields.line2.optional(),
  city: fields.city.optional(),
  region: fields.region.optional(),
  postalCode: fields.postalCode.optional(),
  countryCode: fields.countryCode.optional(),
  isDefault: z.boolean().optional(),
})

export type AddressChange = z.output<typeof addressChangeSchema>
