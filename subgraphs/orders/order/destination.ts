import { accept, type Decision, refuse } from '@argyle/kit/decision'
import {
  notFound,
  type UserError,
  type ValidationError,
  type VersionConflictError,
  versionConflict,
} from '@argyle/kit/user-errors'

/** A postal address as stored with an order. */
export type PostalAddress = {
  readonly recipient: string
  readonly line1: string
  readonly line2: string | null
  readonly city: string
  readonly region: string | null
  readonly postalCode: string
  readonly countryCode: string
}

/** An address from a customer's address book. A guest's address has neither id nor version. */
export type Address = PostalAddress & {
  readonly id: string | null
  /** The version of the address in the users subgraph. */
  readonly version: number | null
}

/** The copy of an address. The fields of a removed address are empty. */
export type KnownAddress =
  | (PostalAddress & { readonly id: string; readonly version: number; readonly removed: false })
  | { readonly id: string; readonly version: number; readonly removed: true }

export type ShippingAddressPendingError = UserError & { readonly __typename: 'ShippingAddressPendingError' }
export type DestinationError = ShippingAddressPendingError | ValidationError | VersionConflictError

/** The destination of an order, as given by the customer. */
export type Destination = {
  readonly shippingAddressId: string
  /** The version of the address that the customer saw; undefined if the client does not send it. */
  readonly shippingAddressVersion?: number
}

/** Compares the copy of the address with the version that the customer saw. */
export function readAddress(
  known: KnownAddress | null,
  { shippingAddressId, shippingAddressVersion }: Destination,
): Decision<Address, DestinationError> {
  if (shippingAddressVersion !== undefined && (known?.version ?? 0) < shippingAddressVersion)
    return refuse(addressPending(shippingAddressId, shippingAddressVersion))
  if (!known || known.removed)
    return refuse(notFound('address of yours', shippingAddressId, ['shippingAddressId']))
  if (shippingAddressVersion !== undefined && known.version !== shippingAddressVersion) {
    const conflict = versionConflict(shippingAddressVersion, known.version)
    const message = conflict.message.replace('expectedVersion', 'shippingAddressVersion')
    return refuse({ ...conflict, message, path: ['shippingAddressVersion'] })
  }
  return accept(known)
}

function addressPending(id: string, version: number): ShippingAddressPendingError {
  const message = `version ${version} of the address "${id}" has not arrived at checkout: nothing was ordered, send the same request again in a moment`
  return { __typename: 'ShippingAddressPendingError', message, path: ['shippingAddressVersion'] }
}
