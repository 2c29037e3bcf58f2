import { newId } from '@argyle/kit/ids'

export const INPUT_TYPES = {
  signUp: 'SignUpInput',
  signIn: 'SignInInput',
  updateProfile: 'UpdateProfileInput',
  addAddress: 'AddAddressInput',
  updateAddress: 'UpdateAddressInput',
  removeAddress: 'RemoveAddressInput',
  grantRole: 'GrantRoleInput',
  revokeRole: 'RevokeRoleInput',
} as const
export type Mutation = keyof typeof INPUT_TYPES

export const LONG = 'a'.repeat(5_000)
export const NUL = 'a\u0000b'
export const HALF = 'a\ud800'

/**
 * [mutation, field, bad value] refused by a rule, as a typed error that names the field and echoes the value.
 */
export const REFUSED: [Mutation, string, unknown][] = [
  ...['', ' ', NUL, HALF, LONG].flatMap((value): [Mutation, string, unknown][] => [
    ['signUp', 'idempotencyKey', value],
    ['signUp', 'email', value],
    ['signUp', 'displayName', value],
    ['signIn', 'email', value],
    ['updateProfile', 'displayName', value],
    ['addAddress', 'idempotencyKey', value],
    ['addAddress', 'recipient', value],
    ['addAddress', 'line1', value],
    ['addAddress', 'city', value],
    ['addAddress', 'postalCode', value],
    ['addAddress', 'countryCode', value],
    ['updateAddress', 'addressId', value],
    ['updateAddress', 'recipient', value],
    ['updateAddress', 'line1', value],
    ['updateAddress', 'city', value],
    ['updateAddress', 'postalCode', value],
    ['updateAddress', 'countryCode', value],
    ['removeAddress', 'addressId', value],
    ['grantRole', 'userId', value],
    ['revokeRole', 'userId', value],
  ]),
  ...[NUL, HALF, LONG].flatMap((value): [Mutation, string, unknown][] => [
    ['addAddress', 'line2', value],
    ['addAddress', 'region', value],
    ['updateAddress', 'line2', value],
    ['updateAddress', 'region', value],
  ]),
  ...(['updateProfile', 'updateAddress', 'removeAddress', 'grantRole', 'revokeRole'] as const).flatMap(
    (mutation): [Mutation, string, unknown][] =>
      [0, -1, -2_147_483_648].map((version) => [mutation, 'expectedVersion', version]),
  ),
  ['signUp', 'email', 'not an address'],
  ['signUp', 'displayName', 'a'.repeat(81)],
  ['updateProfile', 'displayName', null],
  ['addAddress', 'countryCode', 'XX'],
  ['addAddress', 'countryCode', 'FRA'],
  ['addAddress', 'postalCode', 'LS1;4AP'],
  ['updateAddress', 'city', null],
  ['updateAddress', 'countryCode', null],
  ['updateAddress', 'isDefault', null],
  ['updateAddress', 'addressId', newId('usr')],
  ['removeAddress', 'addressId', `${newId('adr')}x`],
  ['updateAddress', 'addressId', newId('adr')],
  ['removeAddress', 'addressId', newId('adr')],
  ['grantRole', 'userId', newId('usr')],
  ['revokeRole', 'userId', newId('usr')],
  ['revokeRole', 'role', 'CUSTOMER'],
]

/** [mutation, field, value of a type that the schema refuses] */
export const WRONG_TYPE: [Mutation, string, unknown][] = [
  ...(Object.keys(INPUT_TYPES) as Mutation[]).flatMap((mutation): [Mutation, string, unknown][] => [
    [mutation, 'unheardOf', 'x'],
  ]),
  ...['signUp', 'addAddress'].flatMap((mutation): [Mutation, string, unknown][] => [
    [mutation as Mutation, 'idempotencyKey', null],
    [mutation as Mutation, 'idempotencyKey', { $gt: '' }],
    [mutation as Mutation, 'idempotencyKey', 1.5],
  ]),
  ...[2_147_483_648, Number.POSITIVE_INFINITY, 1.5, '1', null, true].flatMap(
    (version): [Mutation, string, unknown][] => [
      ['updateProfile', 'expectedVersion', version],
      ['updateAddress', 'expectedVersion', version],
      ['removeAddress', 'expectedVersion', version],
      ['grantRole', 'expectedVersion', version],
      ['revokeRole', 'expectedVersion', version],
    ],
  ),
  ['signUp', 'email', 7],
  ['signUp', 'password', null],
  ['signUp', 'displayName', ['Eve']],
  ['signIn', 'email', null],
  ['signIn', 'password', {}],
  ['updateProfile', 'displayName', 7],
  ['addAddress', 'line1', null],
  ['addAddress', 'isDefault', 'yes'],
  ['updateAddress', 'addressId', null],
  ['updateAddress', 'city', 7],
  ['removeAddress', 'addressId', null],
  ['grantRole', 'userId', null],
  ['grantRole', 'role', 'EMPEROR'],
  ['revokeRole', 'role', null],
]

/** The rows of a table with a one-line title. */
export const titled = (rows: [Mutation, string, unknown][]) =>
  rows.map(([mutation, field, value]) => ({
    mutation,
    field,
    value,
    shown: (JSON.stringify(value) ?? String(value)).slice(0, 40),
  }))
