import { idSchema } from '@argyle/kit/ids'
import { maybeLineOfText } from '@argyle/kit/text'
import { idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { countryCodeSchema } from '../guest/guest-input.ts'
import { normalRegion, STANDARD } from './tax.ts'

/** A tax category in an input of staff. */
const categorySchema = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z][A-Z0-9_]{0,31}$/, { error: '1 to 32 letters, digits and underscores, a letter first' })

const regionSchema = maybeLineOfText(100).nullish().transform(normalRegion)

/** The version that the change is based on; omitted for a row that does not exist yet. */
const changeSchema = z.object({
  idempotencyKey: idempotencyKeySchema,
  expectedVersion: versionSchema.nullish().transform((version) => version ?? null),
})

export const setTaxCountryInput = changeSchema.extend({
  countryCode: countryCodeSchema,
  pricesIncludeTax: z.boolean(),
})

export const setTaxRateInput = changeSchema.extend({
  countryCode: countryCodeSchema,
  region: regionSchema,
  category: categorySchema.nullish().transform((category) => category ?? STANDARD),
  percent: z.string(),
})

export const removeTaxRateInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  taxRateId: idSchema('txr'),
  expectedVersion: versionSchema,
})

export const assignTaxCategoryInput = changeSchema.extend({
  productCategoryId: idSchema('cat'),
  taxCategory: categorySchema,
})

export type SetTaxCountry = z.output<typeof setTaxCountryInput>
export type SetTaxRate = Omit<z.output<typeof setTaxRateInput>, 'percent'> & { readonly ppm: number }
export type RemoveTaxRate = z.output<typeof removeTaxRateInput>
export type AssignTaxCategory = z.output<typeof assignTaxCategoryInput>
