import { expect } from 'vitest'
import type { Catalogue } from './catalogue.ts'

type Answer = Awaited<ReturnType<Catalogue['execute']>>

/** The messages of a refusal, one a line; a 500, or no refusal at all, fails the test. */
export function refusals({ data, errors }: Answer, mutation?: string): string {
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(errors.map(() => 'BAD_USER_INPUT'))
  const userErrors: { message: string }[] = (mutation && data?.[mutation]?.userErrors) || []
  const messages = [...errors, ...userErrors].map(({ message }) => message)
  expect(messages).not.toEqual([])
  return messages.join('\n')
}
