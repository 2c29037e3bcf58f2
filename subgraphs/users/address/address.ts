import { isDeepStrictEqual } from 'node:util'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import {
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'
import type { AddressChange } from './address-input.ts'

/** The text on the parcel, and whether checkout suggests the address. */
export type AddressContent = {
  readonly recipient: string
  readonly line1: string
  readonly line2: string | null
  readonly city: string
  readonly region: string | null
  readonly postalCode: string
  readonly countryCode: string
  readonly isDefault: boolean
}

export type Address = AddressContent & {
  readonly id: string
  readonly userId: string
  /**
   * Counts changes of this row's content. The version stays when another address becomes the default instead
   * of this one, so that no concurrent edit is refused for that.
   */
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Maximum number of addresses in a book, since a book is read as a whole. */
export const MAX_ADDRESSES = 20

/** Adds an address to a book with `held` addresses. */
export function addAddress(
  { id, userId, content, held }: { id: string; userId: string; content: AddressContent; held: number },
  now: Date,
): Decision<Address, ValidationError> {
  if (held >= MAX_ADDRESSES) {
    return refuse(
      validationError(`the address book holds ${held} addresses: allowed is at most ${MAX_ADDRESSES}`),
    )
  }
  return accept({ ...content, id, userId, version: 1, createdAt: now, updatedAt: now })
}

/** Changes an address; without a difference the version stays. */
export function changeAddress(
  address: Address,
  { expectedVersion, change }: { expectedVersion: number; change: AddressChange },
  now: Date,
): Decision<Address, VersionConflictError> {
  if (address.version !== expectedVersion) return refuse(versionConflict(expectedVersion, address.version))
  const given = Object.entries(change).filter(([, value]) => value !== undefined)
  const changed: Address = { ...address, ...Object.fromEntries(given) }
  if (isDeepStrictEqual(changed, address)) return accept(address)
  return accept({ ...changed, version: address.version + 1, updatedAt: now })
}

/** Whether the address may be removed. */
export function removeAddress(
  address: Address,
  expectedVersion: number,
): Decision<Address, VersionConflictError> {
  if (address.version !== expectedVersion) return refuse(versionConflict(expectedVersion, address.version))
  return accept(address)
}
