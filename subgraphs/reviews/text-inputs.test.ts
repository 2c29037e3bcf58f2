import { checkOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import { submitReviewInput, updateReviewInput } from './review-input.ts'

const uuid = '019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'
const opinion = { rating: 5, title: 'Warm', body: 'Very warm.' }

testTextInputs(new URL('schema.graphql', import.meta.url), {
  SubmitReviewInput: {
    check: checkOf(submitReviewInput),
    example: { idempotencyKey: 'a key', productId: `prd_${uuid}`, ...opinion },
    fields: { title: 'LINE', body: 'LINES' },
  },
  UpdateReviewInput: {
    check: checkOf(updateReviewInput),
    example: { expectedVersion: 1, id: `rev_${uuid}`, ...opinion },
    fields: { title: 'LINE', body: 'LINES' },
  },
})
