import { accept, type Decision } from '@argyle/kit/decision'
import { CURRENCIES, type Currency } from '@argyle/kit/money'
import type { VersionConflictError } from '@argyle/kit/user-errors'
import { priceChanged } from './events.ts'
import {
  changed,
  checkEditable,
  checkVersion,
  type ProductChange,
  type ProductStatusError,
  type WholeProduct,
} from './product.ts'

/**
 * A variant's price in one currency, in minor units; `compareAtMinor` is a higher one shown struck through.
 */
export type Price = { readonly minor: bigint; readonly compareAtMinor: bigint | null }

/** A variant has a price in every currency of the shop. */
export type Prices = Readonly<Record<Currency, Price>>

export type PriceEdit = {
  readonly variantId: string
  readonly expectedVersion: number
  readonly prices: Partial<Prices>
}

/** Sets a variant's price in the given currencies; equal prices change nothing. */
export function changePrice(
  product: WholeProduct,
  { variantId, expectedVersion, prices }: PriceEdit,
): Decision<ProductChange, VersionConflictError | ProductStatusError> {
  const version = checkVersion(product, expectedVersion)
  if (!version.ok) return version
  const editable = checkEditable(product)
  if (!editable.ok) return editable
  const before = product.variants.find(({ id }) => id === variantId)
  if (!before) throw new Error(`${variantId} is not a variant of ${product.id}`)
  const after = { ...before, prices: { ...before.prices, ...prices } }
  const same = CURRENCIES.every(
    (currency) =>
      after.prices[currency].minor === before.prices[currency].minor &&
      after.prices[currency].compareAtMinor === before.prices[currency].compareAtMinor,
  )
  if (same) return accept({ product, events: [] })
  const variants = product.variants.map((variant) => (variant.id === variantId ? after : variant))
  const change = changed(product, { variants })
  return accept({ ...change, events: [...change.events, priceChanged(change.product, before, after)] })
}
