import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import { validate } from '@argyle/kit/user-errors'
import { expect, test } from 'vitest'
import {
  deleteAccountSchema,
  roleChangeSchema,
  signInSchema,
  signUpSchema,
  updateProfileSchema,
} from './account/account-input.ts'
import { addressChangeSchema, addressContentSchema } from './address/address-input.ts'
import { MAX_PASSWORD_LENGTH, passwordFault, passwordRefused } from './credential/password.ts'
import { requestEmailChangeInput, requestPasswordResetInput } from './recovery/recovery-input.ts'
import { REFUSED } from './testing/bad-values.ts'

const SCHEMAS = {
  signUp: signUpSchema,
  signIn: signInSchema,
  updateProfile: updateProfileSchema,
  addAddress: addressContentSchema,
  updateAddress: addressChangeSchema,
  grantRole: roleChangeSchema,
  revokeRole: roleChangeSchema,
}

test('the whole messages about bad fields are those of refusals.md', async () => {
  const others = [
    ['requestPasswordReset', requestPasswordResetInput],
    ['requestEmailChange', requestEmailChangeInput],
  ] as const
  const rows = [
    ...REFUSED.flatMap(([mutation, field, value]) =>
      mutation === 'removeAddress' ? [] : [{ mutation, schema: SCHEMAS[mutation], field, value }],
    ),
    ...others.map(([mutation, schema]) => ({ mutation, schema, field: 'email', value: 'ada' })),
    { mutation: 'deleteAccount', schema: deleteAccountSchema, field: 'currentPassword', value: 7 },
    { mutation: 'grantRole', schema: roleChangeSchema, field: 'role', value: 'EMPEROR' },
  ]
  const refused = rows.flatMap(({ mutation, schema, field, value }): Refused[] => {
    const checked = validate(schema, { [field]: value })
    const userErrors = checked.ok ? [] : checked.errors.filter(({ path }) => path?.[0] === field)
    const asked = `${mutation} ${JSON.stringify({ [field]: value })}`
    // Rows of the table that are refused by what is stored are not here.
    return userErrors.length === 0
      ? []
      : [[asked, { data: { [mutation]: { userErrors } }, errors: [], cookies: [] }]]
  })
  const ada = { email: 'ada.lovelace@argyle.example', displayName: 'Ada Lovelace' }
  const passwords = [
    '',
    'x'.repeat(11),
    'ab'.repeat(20),
    'a\ud800',
    'x'.repeat(MAX_PASSWORD_LENGTH + 1),
    'ada.lovelace',
  ]
  const ofPasswords = passwords.map((password): Refused => {
    const fault = passwordFault(password, ada)
    const userErrors = fault === null ? [] : [passwordRefused(fault)]
    return [
      `signUp ${JSON.stringify({ password })}`,
      { data: { signUp: { userErrors } }, errors: [], cookies: [] },
    ]
  })
  const page = refusalsPage('subgraphs/users/refusals.test.ts', [...refused, ...ofPasswords])
  await expect(page).toMatchFileSnapshot('refusals.md')
})
