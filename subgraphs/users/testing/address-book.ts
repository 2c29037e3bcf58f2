import { randomUUID } from 'node:crypto'

export const ADD = /* GraphQL */ `
  mutation Add($input: AddAddressInput!) {
    addAddress(input: $input) {
      address { id recipient line1 line2 city region postalCode countryCode isDefault version }
      userErrors { __typename ... on UserError { message path } }
    }
  }`

export const UPDATE = /* GraphQL */ `
  mutation Update($input: UpdateAddressInput!) {
    updateAddress(input: $input) {
      address { id recipient line1 line2 city region postalCode countryCode isDefault version }
      userErrors { __typename ... on UserError { message path } ... on VersionConflictError { currentVersion } }
    }
  }`

export const REMOVE = /* GraphQL */ `
  mutation Remove($input: RemoveAddressInput!) {
    removeAddress(input: $input) {
      removedAddressId
      userErrors { __typename ... on UserError { message path } ... on VersionConflictError { currentVersion } }
    }
  }`

/** An input of addAddress with a new key. */
export const anAddress = (over: object = {}) => ({
  idempotencyKey: randomUUID(),
  recipient: 'Ada Lovelace',
  line1: '1 Loom Lane',
  city: 'Leeds',
  postalCode: 'LS1 4AP',
  countryCode: 'GB',
  ...over,
})
