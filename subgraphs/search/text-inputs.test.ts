import { checkOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import { recordSearchClickInput } from './click-input.ts'

const inputs = {
  RecordSearchClickInput: {
    check: checkOf(recordSearchClickInput),
    example: { query: 'merino', productId: 'prd_019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d' },
    fields: { query: 'LINE' },
  },
} as const

testTextInputs(new URL('schema.graphql', import.meta.url), inputs, {
  'AttributeFilter.name': 'compared with the names that there are',
  'AttributeFilter.anyOf': 'compared with the values that there are',
})
