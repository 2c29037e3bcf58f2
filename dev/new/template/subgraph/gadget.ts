import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { isSelf, type Viewer } from '@argyle/kit/identity'
import {
  notFound,
  type ValidationError,
  type VersionConflictError,
  versionConflict,
} from '@argyle/kit/user-errors'

/** The customer's part of a gadget, which an edit replaces as a whole. */
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

/** The key of a product. Its other fields belong to the products subgraph. */
export type ProductReference = { readonly id: string }

/** A new gadget. The caller has checked that the product exists. */
export function create(
  ids: { readonly id: string; readonly customerId: string; readonly productId: string },
  content: GadgetContent,
  now: Date,
): Gadget {
  return { ...ids, ...content, version: 1, createdAt: now, updatedAt: now }
}

/** Replaces the content. Somebody else's gadget is refused like one that does not exist. */
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
