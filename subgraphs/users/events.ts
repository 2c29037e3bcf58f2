import type { NewEvent } from '@argyle/kit/envelope'
import type { Account } from './account/account.ts'
import type { Address } from './address/address.ts'

/** `users.profile.updated`: also published at sign-up. Role changes raise the version without an event. */
export function profileUpdated({ id, version, displayName }: Account): NewEvent {
  const data = { userId: id, displayName }
  return { type: 'users.profile.updated', subject: id, sequence: version, data }
}

/** `users.contact.changed`: how an account is reached. Published with every change of its profile, and at sign-up, where `sequence` is 1. */
export function contactChanged({ id, version, email, displayName }: Account): NewEvent {
  const data = { userId: id, email, displayName }
  return { type: 'users.contact.changed', subject: id, sequence: version, data }
}

/** `users.address.saved`: the complete current address. */
export function addressSaved(address: Address): NewEvent {
  const { id, version, userId, recipient, line1, line2, city, region, postalCode, countryCode } = address
  const data = { addressId: id, userId, recipient, line1, line2, city, region, postalCode, countryCode }
  return { type: 'users.address.saved', subject: id, sequence: version, data }
}

/** `users.address.removed`: the last event about an address. */
export function addressRemoved({ id, version, userId }: Address): NewEvent {
  return {
    type: 'users.address.removed',
    subject: id,
    sequence: version + 1,
    data: { addressId: id, userId },
  }
}
