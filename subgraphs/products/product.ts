import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { NewEvent } from '@argyle/kit/envelope'
import { type UserError, type VersionConflictError, versionConflict } from '@argyle/kit/user-errors'
import { productChanged } from './events.ts'
import type { Variant } from './variant.ts'

export type ProductStatus = 'DRAFT' | 'ACTIVE' | 'ARCHIVED'

/** The product's own fields. */
export type Product = {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly description: string | null
  readonly categoryId: string | null
  readonly status: ProductStatus
  readonly version: number
  /** The first publication; until then, the creation. */
  readonly releasedAt: Date
}

/** A product with all its variants in order: the unit of rules and of versions. */
export type WholeProduct = Product & { readonly variants: readonly Variant[] }

/** A change that the rules accept: the new state and its events. */
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

/** Refuses a change that expects another version than the current one. */
export function checkVersion(product: Product, expected: number): Decision<null, VersionConflictError> {
  return expected === product.version ? accept(null) : refuse(versionConflict(expected, product.version))
}

/** Refuses changes of archived products: past orders show them as they were. */
export function checkEditable({ status }: Product): Decision<null, ProductStatusError> {
  return status === 'ARCHIVED'
    ? refuse(statusError(status, 'the product is ARCHIVED: allowed is to publish it first'))
    : accept(null)
}

/** The product after a change, with its next version and the event with its full state. */
export function changed(product: WholeProduct, change: Partial<WholeProduct>): ProductChange {
  const after = { ...product, ...change, version: product.version + 1 }
  return { product: after, events: [productChanged(after)] }
}

/** Whether each value of an edit is the product's already. */
function isSubset(edit: Omit<ProductEdit, 'expectedVersion'>, product: Product): boolean {
  return Object.entries(edit).every(([field, value]) => product[field as keyof typeof edit] === value)
}

/** Changes a product's own fields; without a difference nothing changes. */
export function editProduct(
  product: WholeProduct,
  { expectedVersion, ...edit }: ProductEdit,
): Decision<ProductChange, VersionConflictError | ProductStatusError> {
  const version = checkVersion(product, expectedVersion)
  if (!version.ok) return version
  const editable = checkEditable(product)
  if (!editable.ok) return editable
  if (isSubset(edit, product)) return accept({ product, events: [] })
  return accept(changed(product, edit))
}

/** Puts a product on sale. Only the first publication sets the release: a product that returns is not new. */
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

/** Withdraws a product from sale. A draft cannot be withdrawn, since it was never on sale. */
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
