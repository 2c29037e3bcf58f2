import { design, productId, statusOf } from '../../dev/seed/catalogue/product.ts'
import { sockTypeOf } from '../../dev/seed/catalogue/sock-type.ts'
import { coloursOf, variant, variantsOf } from '../../dev/seed/catalogue/variant.ts'
import { type Plan, productsOf } from '../../dev/seed/plan.ts'

/** A product of the seed, by the attributes that it was made of. */
export type Facts = {
  readonly id: string
  /** `CRW`, `HIK`, … */
  readonly type: string
  readonly name: string
  readonly pattern: string
  readonly material: string
  readonly colours: readonly string[]
  readonly sizes: readonly string[]
  /** The lowest price in cents. */
  readonly fromUsd: number
}

/** The facts of all products on sale. */
export function catalogueFacts(plan: Plan): Facts[] {
  const fromUsd = new Map<string, number>()
  for (let index = 0; index < variantsOf(plan.size); index++) {
    const { productId: id, prices } = variant(plan, index)
    fromUsd.set(id, Math.min(prices.USD, fromUsd.get(id) ?? Number.POSITIVE_INFINITY))
  }
  return Array.from({ length: productsOf(plan.size) }, (_, index) => index)
    .filter((index) => statusOf(index) === 'ACTIVE')
    .map((index) => {
      const { name, pattern, material } = design(plan, index)
      const colours = coloursOf(plan, index).map((colour) => colour.name)
      const { code: type, sizes } = sockTypeOf(index)
      const id = productId(plan, index)
      return { id, type, name, pattern, material, colours, sizes, fromUsd: fromUsd.get(id) ?? Number.NaN }
    })
}
