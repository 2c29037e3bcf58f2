import type { Sales } from '@argyle/recommendations/testing/quality'
import type { Plan } from '../../dev/seed/plan.ts'
import { rows } from '../../dev/seed/row.ts'

/** The past orders of the shop, without cancelled ones and without products that are not on sale today. */
export function seedSales(plan: Plan): Sales {
  const productIds = [...rows(plan, 'product')]
    .filter(({ status }) => status === 'ACTIVE')
    .map(({ id }) => id)
  const onSale = new Set(productIds)
  const orders = [...rows(plan, 'order')]
    .filter(({ status }) => status === 'CONFIRMED')
    .map(({ id, customerId, placedAt, lines }) => ({
      orderId: id,
      customerId,
      at: new Date(placedAt),
      productIds: [...new Set(lines.map(({ productId }) => productId))].filter((one) => onSale.has(one)),
    }))
    .filter((order) => order.productIds.length > 0)
  return { productIds, orders }
}
