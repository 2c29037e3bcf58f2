import { expect, test } from 'vitest'
import { updateResponseTargetInput } from './target-input.ts'

test.each([1, 525_600])('both times may be %i minutes', (minutes) => {
  const target = { firstResponseMinutes: minutes, resolutionMinutes: minutes }
  const input = { priority: 'LOW', expectedVersion: 1, ...target }
  expect(updateResponseTargetInput.parse(input)).toEqual(input)
})
