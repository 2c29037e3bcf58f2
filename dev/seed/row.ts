import { CATEGORIES, category } from './catalogue/category.ts'
import { product } from './catalogue/product.ts'
import { variant, variantsOf } from './catalogue/variant.ts'
import { address } from './customers/address.ts'
import { paymentMethod } from './customers/payment-method.ts'
import { user } from './customers/user.ts'
import { cart, cartsOf } from './orders/cart.ts'
import { COUPONS, coupon } from './orders/coupon.ts'
import { order } from './orders/order.ts'
import { ordersOf } from './orders/order-time.ts'
import { type Plan, productsOf, type Size, usersOf } from './plan.ts'
import { review, reviewsOf } from './reviews/review.ts'
import { levelsOf, stockLevel } from './stock/stock-level.ts'
import { WAREHOUSE_COUNT, warehouse } from './stock/warehouse.ts'

/**
 * For each entity, the function that computes a row from a plan and an index, and the number of rows for a
 * size.
 */
const ENTITIES = {
  user: { row: user, count: usersOf },
  address: { row: address, count: usersOf },
  category: { row: category, count: () => CATEGORIES },
  product: { row: product, count: productsOf },
  variant: { row: variant, count: variantsOf },
  warehouse: { row: warehouse, count: () => WAREHOUSE_COUNT },
  stockLevel: { row: stockLevel, count: levelsOf },
  coupon: { row: coupon, count: () => COUPONS },
  cart: { row: cart, count: cartsOf },
  order: { row: order, count: ordersOf },
  review: { row: review, count: reviewsOf },
  paymentMethod: { row: paymentMethod, count: usersOf },
} as const

export type Entity = keyof typeof ENTITIES
export type Row<E extends Entity> = ReturnType<(typeof ENTITIES)[E]['row']>

/** One row of the shop, computed alone. Any process with the same plan gets the same row, including ids. */
export function row<E extends Entity>(plan: Plan, entity: E, index: number): Row<E> {
  const count = ENTITIES[entity].count(plan.size)
  if (!Number.isInteger(index) || index < 0 || index >= count)
    throw new RangeError(`A ${plan.size} shop has ${entity} 0 to ${count - 1}, not ${index}.`)
  // TypeScript does not know that the entity's function returns the entity's row.
  return ENTITIES[entity].row(plan, index) as Row<E>
}

export function countOf(size: Size, entity: Entity): number {
  return ENTITIES[entity].count(size)
}

/** All rows of one entity, one at a time: memory use does not grow with the shop. */
export function* rows<E extends Entity>(plan: Plan, entity: E): Generator<Row<E>> {
  const count = countOf(plan.size, entity)
  for (let index = 0; index < count; index++) yield row(plan, entity, index)
}
