import type { UserViewer } from '@argyle/kit/identity'
import { idSchema, newId } from '@argyle/kit/ids'
import { idempotencyKeySchema, validate, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { addressChangeSchema, addressContentSchema, changeAddress, removeAddress } from './address.ts'
import type { AddressStore } from './address-store.ts'

const removeSchema = z.object({ addressId: idSchema('adr'), expectedVersion: versionSchema })
const changeSchema = addressChangeSchema.extend(removeSchema.shape)
const addSchema = addressContentSchema.extend({ idempotencyKey: idempotencyKeySchema })

/** Adds an address to the caller's book. */
export async function addToBook(addresses: AddressStore, viewer: UserViewer, input: unknown) {
  const checked = validate(addSchema, input)
  if (!checked.ok) return checked
  const { idempotencyKey: key, ...content } = checked.value
  const claim = { principal: viewer.id, mutation: 'addAddress', key, request: content }
  return addresses.add({ userId: viewer.id, id: newId('adr') }, claim, content)
}

/** Changes an address of the caller's book. */
export async function changeInBook(addresses: AddressStore, viewer: UserViewer, input: unknown) {
  const checked = validate(changeSchema, input)
  if (!checked.ok) return checked
  const { addressId, expectedVersion, ...change } = checked.value
  const owned = { userId: viewer.id, id: addressId }
  return addresses.change(owned, (address, now) => changeAddress(address, { expectedVersion, change }, now))
}

/** Removes an address from the caller's book. */
export async function removeFromBook(addresses: AddressStore, viewer: UserViewer, input: unknown) {
  const checked = validate(removeSchema, input)
  if (!checked.ok) return checked
  const { addressId, expectedVersion } = checked.value
  return addresses.remove({ userId: viewer.id, id: addressId }, (address) =>
    removeAddress(address, expectedVersion),
  )
}
