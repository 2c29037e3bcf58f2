import { accept, type Decision, refuse } from '@argyle/kit/decision'
import {
  notFound,
  type UserError,
  type ValidationError,
  type VersionConflictError,
  versionConflict,
} from '@argyle/kit/user-errors'

/** A postal address as an order keeps it. */
export type PostalAddress = {
  readonly recipient: string
  readonly line1: string
  readonly line2: string | null
  readonly city: string
  readonly region: string | null
  readonly postalCode: string
  readonly countryCode: string
}

/** An address of a customer's book; a guest's has neither id nor version. */
export type Address = PostalAddress & {
  readonly id: string | null
  /** The version of the address at its owner, the users subgraph. */
  readonly version: number | null
}

/** The copy of an address; a removed one has forgotten what it said. */
export type KnownAddress =
  | (PostalAddress & { readonly id: string; readonly version: number; readonly removed: false })
  | { readonly id: string; readonly version: number; readonly removed: true }

export type ShippingAddressPendingError = UserError & { readonly __typename: 'ShippingAddressPendingError' }
export type DestinationError = ShippingAddressPendingError | ValidationError | VersionConflictError

/** Where an order is to go, as the customer says it. */
export type Destination = {
  readonly shippingAddressId: string
  /** The version of the address that the customer saw; undefined where the client does not say. */
  readonly shippingAddressVersion?: number
}

/** Holds the copy of an address against what the customer saw of it. */
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
