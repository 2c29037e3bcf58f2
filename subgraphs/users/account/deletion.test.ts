import { expect, test } from 'vitest'
import { newAccount } from './account.ts'
import { deleteAccount } from './deletion.ts'

const now = new Date('2026-11-21T09:00:00.000Z')
const ada = newAccount('usr_1', 'ada@argyle.example', 'Ada', now)

test('of a deleted account its id is kept, with a version greater than all before', () => {
  expect(deleteAccount({ ...ada, version: 7 }, 0, now)).toEqual({
    ok: true,
    value: { userId: 'usr_1', version: 8, deletedAt: now },
  })
})

test('the last administrator stays', () => {
  const admin = { ...ada, roles: ['CUSTOMER', 'ADMIN'] as const }
  expect(deleteAccount(admin, 1, now)).toMatchObject({
    errors: [{ __typename: 'LastAdministratorError', message: expect.stringContaining('usr_1') }],
  })
  expect(deleteAccount(admin, 2, now).ok).toBe(true)
})
