import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { isSelf, type Viewer } from '@argyle/kit/identity'
import {
  notFound,
  type ValidationError,
  type VersionConflictError,
  versionConflict,
} from '@argyle/kit/user-errors'

/** What a customer has to say; what an edit replaces as a whole. */
export type GadgetContent = {
  readonly title: string
}

export type Gadget = GadgetContent & {
  readonly id: string
  readonly customerId: string
  readonly productId: string
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A product as the router resolves it elsewhere: this subgraph knows its key only. */
export type ProductReference = { readonly id: string }

/** A new gadget of a product that exists. */
export function make(
  ids: { readonly id: string; readonly customerId: string; readonly productId: string },
  content: GadgetContent,
  now: Date,
): Gadget {
  return { ...ids, ...content, version: 1, createdAt: now, updatedAt: now }
}

/** Replaces the content. Somebody else's gadget is answered exactly as one that does not exist. */
export function edit(
  gadget: Gadget,
  change: {
    readonly customerId: string
    readonly expectedVersion: number
    readonly content: GadgetContent
  },
  now: Date,
): Decision<Gadget, ValidationError | VersionConflictError> {
  const { customerId, expectedVersion, content } = change
  if (gadget.customerId !== customerId) return refuse(noSuchGadget(gadget.id))
  if (gadget.version !== expectedVersion) return refuse(versionConflict(expectedVersion, gadget.version))
  return accept({ ...gadget, ...content, version: gadget.version + 1, updatedAt: now })
}

export function maySee(viewer: Viewer, { customerId }: Gadget): boolean {
  return isSelf(viewer, customerId)
}

export function noSuchGadget(id: string): ValidationError {
  return notFound('gadget', id, ['id'])
}
