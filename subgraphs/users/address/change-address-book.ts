import type { CopyWaiter } from '@argyle/kit/copies'
import type { UserViewer } from '@argyle/kit/identity'
import { idSchema, newId } from '@argyle/kit/ids'
import { idempotencyKeySchema, validate, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { changeAddress, removeAddress } from './address.ts'
import { addressChangeSchema, addressContentSchema } from './address-input.ts'
import type { AddressStore } from './address-store.ts'

const removeSchema = z.object({ addressId: idSchema('adr'), expectedVersion: versionSchema })
const changeSchema = addressChangeSchema.extend(removeSchema.shape)
const addSchema = addressContentSchema.extend({ idempotencyKey: idempotencyKeySchema })

/** The address books, and the wait for checkout's copy of them. */
export type AddressBooks = { readonly addresses: AddressStore; readonly addressCopied: CopyWaiter }

/** Adds an address to the caller's book. */
export async function addToBook(
  { addresses, addressCopied }: AddressBooks,
  viewer: UserViewer,
  input: unknown,
) {
  const checked = validate(addSchema, input)
  if (!checked.ok) return checked
  const { idempotencyKey: key, ...content } = checked.value
  const claim = { principal: viewer.id, mutation: 'addAddress', key, request: content }
  const id = newId('adr')
  const decision = await addresses.add({ userId: viewer.id, id }, claim, content)
  // A repeated key returns the earlier address, which was waited for then.
  if (decision.ok && decision.value.id === id) await addressCopied(id, decision.value.version)
  return decision
}

/** Changes an address of the caller's book. */
export async function changeInBook(
  { addresses, addressCopied }: AddressBooks,
  viewer: UserViewer,
  input: unknown,
) {
  const checked = validate(changeSchema, input)
  if (!checked.ok) return checked
  const { addressId, expectedVersion, ...change } = checked.value
  const owned = { userId: viewer.id, id: addressId }
  const decision = await addresses.change(owned, (address, now) =>
    changeAddress(address, { expectedVersion, change }, now),
  )
  if (decision.ok && decision.value.version > expectedVersion)
    await addressCopied(addressId, decision.value.version)
  return decision
}

/** Removes an address from the caller's book. */
export async function removeFromBook(
  { addresses, addressCopied }: AddressBooks,
  viewer: UserViewer,
  input: unknown,
) {
  const checked = validate(removeSchema, input)
  if (!checked.ok) return checked
  const { addressId, expectedVersion } = checked.value
  const decision = await addresses.remove({ userId: viewer.id, id: addressId }, (address) =>
    removeAddress(address, expectedVersion),
  )
  // The removal is published under the version after the last.
  if (decision.ok) await addressCopied(addressId, expectedVersion + 1)
  return decision
}
