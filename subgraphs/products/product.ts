import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { NewEvent } from '@argyle/kit/envelope'
import { type UserError, type VersionConflictError, versionConflict } from '@argyle/kit/user-errors'
import { productChanged } from './events.ts'
import type { Variant } from './variant.ts'

export type ProductStatus = 'DRAFT' | 'ACTIVE' | 'ARCHIVED'

/** What is said of a product itself. */
export type Product = {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly description: string | null
  readonly categoryId: string | null
  readonly status: ProductStatus
  readonly version: number
  /** When it was first put on sale; until then, when it was made. */
  readonly releasedAt: Date
}

/** A product with all its variants, in order: what the rules look at and what one version counts. */
export type WholeProduct = Product & { readonly variants: readonly Variant[] }

/** A change that the rules allow: the product after it and what is to be told of it. */
export type ProductChange = { readonly product: WholeProduct; readonly events: readonly NewEvent[] }

export type ProductStatusError = UserError & {
  readonly __typename: 'ProductStatusError'
  readonly status: ProductStatus
}

export type ProductEdit = {
  readonly expectedVersion: number
  readonly slug?: string
  readonly title?: string
  readonly description?: string | null
  readonly categoryId?: string | null
}

function statusError(status: ProductStatus, message: string): ProductStatusError {
  return { __typename: 'ProductStatusError', message, path: null, status }
}

/** Refuses a change that is based on another version than the current one. */
export function checkVersion(product: Product, expected: number): Decision<null, VersionConflictError> {
  return expected === product.version ? accept(null) : refuse(versionConflict(expected, product.version))
}

/** Refuses to change what is withdrawn: past orders show it as it was. */
export function checkEditable({ status }: Product): Decision<null, ProductStatusError> {
  return status === 'ARCHIVED'
    ? refuse(statusError(status, 'the product is ARCHIVED: allowed is to publish it first'))
    : accept(null)
}

/** The product after a change, one version later, with the event that carries its full state. */
export function changed(product: WholeProduct, change: Partial<WholeProduct>): ProductChange {
  const after = { ...product, ...change, version: product.version + 1 }
  return { product: after, events: [productChanged(after)] }
}

/** Changes what is said of a product; an edit that says nothing new changes nothing. */
export function editProduct(
  product: WholeProduct,
  { expectedVersion, ...edit }: ProductEdit,
): Decision<ProductChange, VersionConflictError | ProductStatusError> {
  const version = checkVersion(product, expectedVersion)
  if (!version.ok) return version
  const editable = checkEditable(product)
  if (!editable.ok) return editable
  const { slug, title, description, categoryId } = { ...product, ...edit }
  const same =
    slug === product.slug &&
    title === product.title &&
    description === product.description &&
    categoryId === product.categoryId
  if (same) return accept({ product, events: [] })
  return accept(changed(product, { slug, title, description, categoryId }))
}

/** Puts a product on sale. Only the first time counts as its release: a product that returns is not new. */
export function publish(
  product: WholeProduct,
  expectedVersion: number,
  now: Date,
): Decision<ProductChange, VersionConflictError | ProductStatusError> {
  const version = checkVersion(product, expectedVersion)
  if (!version.ok) return version
  const { status } = product
  if (status === 'ACTIVE') return refuse(statusError(status, 'the product is ACTIVE: it is on sale already'))
  const releasedAt = status === 'DRAFT' ? now : product.releasedAt
  return accept(changed(product, { status: 'ACTIVE', releasedAt }))
}

/** Withdraws a product from sale. A draft cannot be withdrawn, since nobody has seen it. */
export function archive(
  product: WholeProduct,
  expectedVersion: number,
): Decision<ProductChange, VersionConflictError | ProductStatusError> {
  const version = checkVersion(product, expectedVersion)
  if (!version.ok) return version
  const { status } = product
  if (status !== 'ACTIVE') {
    return refuse(statusError(status, `the product is ${status}: allowed is to archive an ACTIVE one`))
  }
  return accept(changed(product, { status: 'ARCHIVED' }))
}
