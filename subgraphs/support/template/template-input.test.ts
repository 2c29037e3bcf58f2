import { expect, test } from 'vitest'
import { createTicketTemplateInput } from './template-input.ts'

test('a name and a text are accepted up to their bounds', () => {
  const input = { idempotencyKey: 'k', name: 'x'.repeat(80), body: 'x'.repeat(4_000) }
  expect(createTicketTemplateInput.parse(input)).toEqual(input)
})
