// Tested in ../row.test.ts: rows are tested together, since they refer to each other.

import { offer } from '../catalogue/offer.ts'
import { SEED_CURRENCIES, type SeedCurrency } from '../catalogue/price-ladder.ts'
import { product, productCreatedAt } from '../catalogue/product.ts'
import { variantId } from '../catalogue/variant.ts'
import { variantsOfProduct } from '../catalogue/variant-place.ts'
import { currencyOf, DEMO_CUSTOMER, userId } from '../customers/user.ts'
import { DAY, HOUR, type Plan, productsOf, type Size, usersOf } from '../plan.ts'
import { chance } from '../random/chance.ts'
import { seedId } from '../random/seed-id.ts'
import { plentyOf } from '../stock/stock-level.ts'

export type CartRow = {
  id: string
  /** Null for a guest's cart. */
  customerId: string | null
  currency: SeedCurrency
  version: number
  createdAt: number
  updatedAt: number
  lines: readonly CartLineRow[]
}

export type CartLineRow = {
  id: string
  variantId: string
  variant: number
  quantity: number
  seenPrice: number
  addedAt: number
}

/** One cart for every ten customers; every third is a guest's. The demo customer's is the first. */
export function cartsOf(size: Size): number {
  return Math.floor(usersOf(size) / 10)
}

export function cart(plan: Plan, index: number): CartRow {
  const random = chance(plan.seed, 'cart', index)
  const customer = index === 0 ? DEMO_CUSTOMER : index % 3 === 0 ? null : index * 10 + 5
  const currency = customer === null ? random.pick(SEED_CURRENCIES) : currencyOf(plan, customer)
  const createdAt = plan.today - HOUR - random.below(5 * DAY)
  const products = new Set(
    Array.from({ length: random.between(1, 3) }, () => buyable(plan, random.below(productsOf(plan.size)))),
  )
  const lines = [...products].map((product, place) => {
    const variant = wellStocked(product)
    return {
      id: seedId('cln', plan.seed, index * 8 + place, createdAt),
      variantId: variantId(plan, variant),
      variant,
      quantity: random.between(1, 2),
      seenPrice: offer(plan, variant).prices[currency],
      addedAt: createdAt + place * 60_000,
    }
  })
  return {
    id: seedId('crt', plan.seed, index, createdAt),
    customerId: customer === null ? null : userId(plan, customer),
    currency,
    version: lines.length,
    createdAt,
    updatedAt: createdAt + (lines.length - 1) * 60_000,
    lines,
  }
}

/** The next product, from an index on, that is on sale and older than any cart. */
function buyable(plan: Plan, from: number): number {
  const count = productsOf(plan.size)
  for (let step = 0; step < count; step++) {
    const index = (from + step) % count
    const old = productCreatedAt(plan, index) < plan.today - 7 * DAY
    if (old && product(plan, index).status === 'ACTIVE') return index
  }
  throw new Error('No product of the shop is on sale.')
}

function wellStocked(product: number): number {
  const first = variantsOfProduct.firstOf(product)
  const count = variantsOfProduct.countOf(product)
  for (let variant = first; variant < first + count; variant++)
    if (plentyOf(variant) === 'plenty') return variant
  return first
}
