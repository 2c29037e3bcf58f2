import { checkOf, type TextInput, testTextInputs } from '@argyle/kit/testing/text-inputs'
import { signInSchema, signUpSchema, updateProfileSchema } from './account/account-input.ts'
import { addressChangeSchema, addressContentSchema } from './address/address-input.ts'
import { requestEmailChangeInput, requestPasswordResetInput } from './recovery/recovery-input.ts'

const address = {
  recipient: 'Ada',
  line1: '1 Loom Lane',
  city: 'Leeds',
  postalCode: 'LS1 4AP',
  countryCode: 'GB',
}
const addressFields: TextInput['fields'] = {
  ...{ recipient: 'LINE', line1: 'LINE', line2: 'LINE', city: 'LINE', region: 'LINE' },
  ...{ postalCode: 'TOKEN', countryCode: 'TOKEN' },
}
const secret = 'a secret is hashed as it was typed, and never shown'

testTextInputs(
  new URL('schema.graphql', import.meta.url),
  {
    SignUpInput: {
      check: checkOf(signUpSchema),
      example: {
        idempotencyKey: 'a key of some length',
        email: 'ada@argyle.example',
        password: 'warm',
        displayName: 'Ada',
      },
      fields: { email: 'TOKEN', displayName: 'LINE' },
    },
    SignInInput: {
      check: checkOf(signInSchema),
      example: { email: 'ada@argyle.example', password: 'warm' },
      fields: { email: 'TOKEN' },
    },
    RequestPasswordResetInput: {
      check: checkOf(requestPasswordResetInput),
      example: { email: 'ada@argyle.example' },
      fields: { email: 'TOKEN' },
    },
    RequestEmailChangeInput: {
      check: checkOf(requestEmailChangeInput),
      example: { email: 'ada@argyle.example', currentPassword: 'warm' },
      fields: { email: 'TOKEN' },
    },
    UpdateProfileInput: {
      check: checkOf(updateProfileSchema),
      example: { expectedVersion: 1, displayName: 'Ada' },
      fields: { displayName: 'LINE' },
      refusesNull: ['displayName'],
    },
    AddAddressInput: { check: checkOf(addressContentSchema), example: address, fields: addressFields },
    UpdateAddressInput: {
      check: checkOf(addressChangeSchema),
      example: address,
      fields: addressFields,
      refusesNull: ['recipient', 'line1', 'city', 'postalCode', 'countryCode', 'isDefault'],
    },
  },
  {
    'SignUpInput.password': secret,
    'SignInInput.password': secret,
    'ResetPasswordInput.password': secret,
    'ResetPasswordInput.token': 'compared with the tokens that there are',
    'VerifyEmailInput.token': 'compared with the tokens that there are',
    'ConfirmEmailChangeInput.token': 'compared with the tokens that there are',
    'UndoEmailChangeInput.token': 'compared with the tokens that there are',
    'RequestEmailChangeInput.currentPassword': secret,
    'DeleteAccountInput.currentPassword': secret,
    'ChangePasswordInput.password': secret,
    'ChangePasswordInput.currentPassword': secret,
  },
)
