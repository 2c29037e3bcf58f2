import { expect, test } from 'vitest'
import { type Account, emailTaken, grantRole, newAccount, rename, revokeRole } from './account.ts'
import { signUpSchema, updateProfileSchema } from './account-input.ts'

const made = new Date('2026-11-01T08:00:00Z')
const now = new Date('2026-11-21T08:00:00Z')
const ada: Account = newAccount('usr_1', 'ada@argyle.example', 'Ada', made)
const admin: Account = { ...ada, roles: ['CUSTOMER', 'ADMIN'], version: 4 }

test('a new account is a customer and nothing else', () => {
  expect(ada).toEqual({
    ...{ id: 'usr_1', email: 'ada@argyle.example', displayName: 'Ada', roles: ['CUSTOMER'], version: 1 },
    ...{ createdAt: made, updatedAt: made, emailVerifiedAt: null },
  })
})

test('a new name raises the version; the same name changes nothing', () => {
  const renamed = rename(ada, { expectedVersion: 1, displayName: 'Ada L.' }, now)
  expect(renamed).toMatchObject({ ok: true, value: { displayName: 'Ada L.', version: 2, updatedAt: now } })
  expect(rename(ada, { expectedVersion: 1, displayName: 'Ada' }, now)).toEqual({ ok: true, value: ada })
  expect(rename(ada, { expectedVersion: 1 }, now)).toEqual({ ok: true, value: ada })
})

test('a name of more than 80 characters is refused', () => {
  const isName = (displayName: string) => [
    updateProfileSchema.safeParse({ expectedVersion: 1, displayName }).success,
    signUpSchema.shape.displayName.safeParse(displayName).success,
  ]
  expect(isName('🧦'.repeat(80))).toEqual([true, true])
  expect(isName('🧦'.repeat(81))).toEqual([false, false])
})

test.each([
  ['rename', () => rename(admin, { expectedVersion: 3, displayName: 'X' }, now)],
  ['grant', () => grantRole(admin, { expectedVersion: 3, role: 'SUPPORT' }, now)],
  ['revoke', () => revokeRole(admin, { expectedVersion: 3, role: 'ADMIN' }, 2, now)],
])('%s with an old version is refused with the current one', (_, change) => {
  const error = { __typename: 'VersionConflictError', currentVersion: 4, path: ['expectedVersion'] }
  expect(change()).toMatchObject({ ok: false, errors: [error] })
})

test('a granted role is added once', () => {
  const granted = grantRole(ada, { expectedVersion: 1, role: 'SUPPORT' }, now)
  expect(granted).toMatchObject({ ok: true, value: { roles: ['CUSTOMER', 'SUPPORT'], version: 2 } })
  expect(grantRole(admin, { expectedVersion: 4, role: 'ADMIN' }, now)).toEqual({ ok: true, value: admin })
})

test('a revoked role goes; one that is not held changes nothing', () => {
  const revoked = revokeRole(admin, { expectedVersion: 4, role: 'ADMIN' }, 2, now)
  expect(revoked).toMatchObject({ ok: true, value: { roles: ['CUSTOMER'], version: 5 } })
  expect(revokeRole(admin, { expectedVersion: 4, role: 'SUPPORT' }, 1, now)).toEqual({
    ok: true,
    value: admin,
  })
})

test('the last administrator stays, and everybody stays a customer', () => {
  const last = revokeRole(admin, { expectedVersion: 4, role: 'ADMIN' }, 1, now)
  expect(last).toMatchObject({
    ok: false,
    errors: [
      {
        __typename: 'LastAdministratorError',
        message: `${admin.id} is the last administrator: grant ADMIN to another account first`,
        path: ['userId'],
      },
    ],
  })
  const customer = revokeRole(admin, { expectedVersion: 4, role: 'CUSTOMER' }, 2, now)
  const message =
    'role is CUSTOMER: allowed is SUPPORT, WAREHOUSE, MERCHANDISER, ANALYST, MARKETER, ADMIN; every account is a customer'
  expect(customer).toEqual({
    ok: false,
    errors: [{ __typename: 'ValidationError', message, path: ['role'] }],
  })
})

test('an address that has an account is refused with a way on', () => {
  expect(emailTaken('ada@argyle.example')).toEqual({
    __typename: 'EmailTakenError',
    message: 'email is "ada@argyle.example", which has an account: sign in, or use another address',
    path: ['email'],
  })
})
