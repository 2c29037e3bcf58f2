import { idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'

export const setExchangeRateInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  currency: z.enum(['EUR', 'JPY']),
  validFrom: z.date(),
  unitsPerUsd: z.string(),
  expectedVersion: versionSchema.nullish().transform((version) => version ?? null),
})

export type SetExchangeRate = z.output<typeof setExchangeRateInput>
