import { checkOf, testTextInputs } from '@argyle/kit/testing/text-inputs'
import { expect, test } from 'vitest'
import { recordViewInput } from './view-input.ts'

testTextInputs(new URL('schema.graphql', import.meta.url), {
  RecordViewInput: {
    check: checkOf(recordViewInput),
    example: {
      productId: 'prd_019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d',
      sessionId: '0123456789abcdef',
      consent: true,
    },
    fields: { sessionId: 'TOKEN' },
  },
})

test.each([
  [15, false],
  [16, true],
  [64, true],
  [65, false],
])('a session id of %d characters is one: %j', (length, isOne) => {
  const sessionId = '_-aZ09'.repeat(11).slice(0, length)
  expect(recordViewInput.shape.sessionId.safeParse(sessionId).success).toBe(isOne)
})
