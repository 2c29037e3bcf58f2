import { expect } from 'vitest'
import type { Catalogue } from './open-products.ts'

type Answer = Awaited<ReturnType<Catalogue['execute']>>

/** The messages of a refusal, one per line. An internal error, or a missing refusal, fails the test. */
export function refusals({ data, errors }: Answer, mutation?: string): string {
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(errors.map(() => 'BAD_USER_INPUT'))
  const userErrors: { message: string }[] = (mutation && data?.[mutation]?.userErrors) || []
  const messages = [...errors, ...userErrors].map(({ message }) => message)
  expect(messages).not.toEqual([])
  return messages.join('\n')
}
