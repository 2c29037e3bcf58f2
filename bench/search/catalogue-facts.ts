import { design, productId, statusOf } from '../../dev/seed/catalogue/product.ts'
import { sockTypeOf } from '../../dev/seed/catalogue/sock-type.ts'
import { coloursOf } from '../../dev/seed/catalogue/variant.ts'
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
}

/** The facts of all products on sale. */
export function catalogueFacts(plan: Plan): Facts[] {
  return Array.from({ length: productsOf(plan.size) }, (_, index) => index)
    .filter((index) => statusOf(index) === 'ACTIVE')
    .map((index) => {
      const { name, pattern, material } = design(plan, index)
      const colours = coloursOf(plan, index).map((colour) => colour.name)
      return { id: productId(plan, index), type: sockTypeOf(index).code, name, pattern, material, colours }
    })
}
