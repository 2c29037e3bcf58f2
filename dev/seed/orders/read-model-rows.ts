// Tested in ../seed-shop.int.test.ts: copies are compared with the owners' rows.

import { SEED_CURRENCIES } from '../catalogue/price-ladder.ts'
import { design, product } from '../catalogue/product.ts'
import { variantsOfProduct } from '../catalogue/variant-place.ts'
import { type TableRow, table } from '../database/copy-table.ts'
import type { Plan } from '../plan.ts'
import { rows } from '../row.ts'
import { availability } from '../stock/availability.ts'

const knownProduct = table('known_product', ['product_id', 'sequence', 'category_id'])
const knownVariant = table('known_variant', [
  'variant_id',
  'product_id',
  'sku',
  'title',
  'listed',
  'weight_grams',
])
const variantPrice = table('variant_price', ['variant_id', 'currency', 'minor', 'sequence'])
const variantAvailability = table('variant_availability', ['variant_id', 'available', 'sequence'])
const customerAddress = table('customer_address', [
  'address_id',
  'customer_id',
  'recipient',
  'line1',
  'line2',
  'city',
  'region',
  'postal_code',
  'country_code',
  'removed',
  'sequence',
])

export const readModelTables = [
  knownProduct,
  knownVariant,
  variantPrice,
  variantAvailability,
  customerAddress,
]

/** The rows of orders' copies of data from products, inventory and users. */
export function* readModelRows(plan: Plan): Generator<TableRow> {
  yield* catalogue(plan)
  yield* addresses(plan)
}

function* catalogue(plan: Plan): Generator<TableRow> {
  for (const { id, version, categoryId } of rows(plan, 'product'))
    yield knownProduct.row({ product_id: id, sequence: version, category_id: categoryId })
  let index = 0
  for (const variant of rows(plan, 'variant')) {
    const productIndex = variantsOfProduct.placeOf(index).member
    const { status, version } = product(plan, productIndex)
    yield knownVariant.row({
      variant_id: variant.id,
      product_id: variant.productId,
      sku: variant.sku,
      title: `${design(plan, productIndex).title}, ${variant.title}`,
      listed: status === 'ACTIVE',
      weight_grams: variant.weightGrams,
    })
    for (const currency of SEED_CURRENCIES)
      yield variantPrice.row({
        variant_id: variant.id,
        currency,
        minor: variant.prices[currency],
        sequence: version,
      })
    yield variantAvailability.row({
      variant_id: variant.id,
      available: availability(plan, index).quantity,
      sequence: 1,
    })
    index++
  }
}

function* addresses(plan: Plan): Generator<TableRow> {
  for (const { id, userId, postalCode, countryCode, version, ...rest } of rows(plan, 'address')) {
    const { recipient, line1, line2, city, region } = rest
    yield customerAddress.row({
      address_id: id,
      customer_id: userId,
      recipient,
      line1,
      line2,
      city,
      region,
      postal_code: postalCode,
      country_code: countryCode,
      removed: false,
      sequence: version,
    })
  }
}
