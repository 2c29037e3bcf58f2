import { checkOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import { setExchangeRateInput } from './rate/rate-input.ts'

testTextInputs(new URL('schema.graphql', import.meta.url), {
  SetExchangeRateInput: {
    check: checkOf(setExchangeRateInput),
    example: {
      idempotencyKey: 'a key',
      currency: 'EUR',
      validFrom: new Date('2026-11-01T00:00:00.000Z'),
      unitsPerUsd: '0.92',
    },
    fields: {},
  },
})
