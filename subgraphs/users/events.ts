// Tested in account/account-store.int.test.ts: messages are compared with their samples where they are published.

import type { NewEvent } from '@argyle/kit/envelope'
import type { Account } from './account/account.ts'
import type { DeletedAccount } from './account/deletion.ts'
import type { Address } from './address/address.ts'

/** `users.profile.updated`: also published at sign-up. Role changes raise the version without this event. */
export function profileUpdated({ id, version, displayName }: Account): NewEvent {
  const data = { userId: id, displayName }
  return { type: 'users.profile.updated', subject: id, sequence: version, data }
}

/**
 * `users.contact.changed`: the address and name of an account. Published with every change of its profile,
 * and at sign-up, where `sequence` is 1.
 */
export function contactChanged({ id, version, email, displayName }: Account): NewEvent {
  const data = { userId: id, email, displayName }
  return { type: 'users.contact.changed', subject: id, sequence: version, data }
}

/** `users.roles.changed`: all roles of an account, when one is granted or revoked. */
export function rolesChanged({ id, version, roles }: Account): NewEvent {
  return {
    type: 'users.roles.changed',
    subject: id,
    sequence: version,
    data: { userId: id, roles: [...roles] },
  }
}

/** The owner of an account, at the address that it has at the time of an event. */
type Recipient = { readonly userId: string; readonly email: string }

/** `users.email.verified`: the account proved that the address is its own. */
export function emailVerified({ id, email, version }: Account): NewEvent {
  return { type: 'users.email.verified', subject: id, sequence: version, data: { userId: id, email } }
}

/** A link for the owner of an account. The token is sealed, so that no table or broker holds it. */
type Link = {
  readonly id: string
  readonly userId: string
  readonly purpose: string
  readonly email: string
  readonly sealedToken: string
  readonly expiresAt: Date
}

/** `users.link.made`: to be sent to `email`. */
export function linkMade({ id, userId, purpose, email, sealedToken, expiresAt }: Link): NewEvent {
  const data = { linkId: id, userId, purpose, email, sealedToken, expiresAt: expiresAt.toISOString() }
  return { type: 'users.link.made', subject: id, sequence: 1, data }
}

/**
 * `users.email.replaced`: an account has replaced `email`, which it had never verified. The recipient is
 * informed, without a link.
 */
export function emailReplaced(id: string, { id: userId, email }: Account): NewEvent {
  return { type: 'users.email.replaced', subject: id, sequence: 1, data: { changeId: id, userId, email } }
}

/**
 * `users.password.changed`: the owner is informed at `email`, since somebody else may have changed it. The
 * message contains the address, since a copy of the account may still have the replaced one.
 */
export function passwordChanged(id: string, { userId, email }: Recipient): NewEvent {
  return { type: 'users.password.changed', subject: id, sequence: 1, data: { changeId: id, userId, email } }
}

/**
 * `users.account.deleted`: the last event about an account. All other subgraphs erase the data of the person.
 */
export function accountDeleted({ userId, version, deletedAt }: DeletedAccount): NewEvent {
  const data = { userId, deletedAt: deletedAt.toISOString() }
  return { type: 'users.account.deleted', subject: userId, sequence: version, data }
}

/**
 * `users.sign_in.noticed`: a sign-in from a place that is new for the account. The owner is informed at
 * `email`.
 */
export function signInNoticed(id: string, { userId, email }: Recipient, at: Date): NewEvent {
  const data = { signInId: id, userId, email, at: at.toISOString() }
  return { type: 'users.sign_in.noticed', subject: id, sequence: 1, data }
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
