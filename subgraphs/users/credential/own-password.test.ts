import { expect, test } from 'vitest'
import { type Account, newAccount } from '../account/account.ts'
import type { AccountStore } from '../account/account-store.ts'
import { ownPasswordChecker } from './own-password.ts'

const now = new Date('2026-11-21T09:00:00Z')
const ada = newAccount('usr_ada', 'shared@argyle.example', 'Ada', now)
const bob = newAccount('usr_bob', 'shared@argyle.example', 'Bob', now)
const viewer = { kind: 'user', id: ada.id, sessionId: 'ses_1', scopes: new Set<string>() } as const

/** The answer to Ada where the password is that of `owner`. */
const confirmed = (owner: Account | null) => {
  // The checker awaits the accounts and uses nothing else of the promise.
  const accounts = { byIds: async () => [ada] } as unknown as Pick<AccountStore, 'byIds'>
  return ownPasswordChecker({
    accounts,
    checkPassword: async () => owner && { account: owner, passwordHash: '' },
  })(viewer, 'mismatched-socks', null)
}

test('the password of another account, which has the address since, confirms nothing', async () => {
  expect(await confirmed(ada)).toMatchObject({ account: ada })
  expect(await confirmed(bob)).toBeNull()
  expect(await confirmed(null)).toBeNull()
})

test('a password that is longer than any is wrong, and is not hashed', async () => {
  const checked: number[] = []
  const check = ownPasswordChecker({
    accounts: { byIds: async () => [ada] } as unknown as Pick<AccountStore, 'byIds'>,
    checkPassword: async ({ password }) => {
      checked.push(password.length)
      return null
    },
  })
  for (const length of [256, 257]) expect(await check(viewer, 'x'.repeat(length), null)).toBeNull()
  expect(checked).toEqual([256])
})
