import { expect, test } from 'vitest'
import { expiryOf, hashOfLinkToken, invalidToken, LINK_TOKEN, newLinkToken } from './link-token.ts'

const HOUR_MS = 3_600_000
const now = new Date('2026-11-21T09:00:00Z')

test.each([
  ['RESET_PASSWORD', 0.5],
  ['VERIFY_EMAIL', 24],
  ['CHANGE_EMAIL', 1],
  ['UNDO_EMAIL_CHANGE', 72],
] as const)('a link to %s lasts %d hours', (purpose, hours) => {
  expect(expiryOf(purpose, now)).toEqual(new Date(now.getTime() + hours * HOUR_MS))
})

test('a token is new each time, and has a hash of its own', () => {
  const [one, two] = [newLinkToken(), newLinkToken()]
  for (const token of [one, two]) expect(token).toMatch(LINK_TOKEN)
  expect(one).not.toBe(two)
  expect(hashOfLinkToken(one)).toEqual(hashOfLinkToken(one))
  expect(hashOfLinkToken(one)).not.toEqual(hashOfLinkToken(two))
})

test('a token of no link is refused in the same words, whatever is wrong with it', () => {
  expect(invalidToken()).toEqual({
    __typename: 'InvalidTokenError',
    message:
      'token is of no link that works: a link works once, for a limited time, and only the newest one; ask for another',
    path: ['token'],
  })
})
