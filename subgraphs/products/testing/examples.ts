import { money } from '@argyle/kit/money'
import type { WholeProduct } from '../product.ts'
import type { NewVariant, Variant } from '../variant.ts'

const ids = {
  product: 'prd_01930000-0000-7000-8000-000000000001',
  variant: 'var_01930000-0000-7000-8000-00000000000',
}

/** A variant in medium navy, 12.00 USD; `number` (1 to 9) distinguishes it. */
export function aVariant(number: number, change: Partial<Variant> = {}): Variant {
  return {
    id: `${ids.variant}${number}`,
    productId: ids.product,
    sku: `HARBOUR-${number}`,
    title: `Navy / ${number}`,
    options: [
      { name: 'Colour', value: 'Navy' },
      { name: 'Size', value: String(number) },
    ],
    weightGrams: 60,
    position: number - 1,
    cost: money(420n, 'USD'),
    prices: {
      USD: { minor: 1200n, compareAtMinor: null },
      EUR: { minor: 1100n, compareAtMinor: null },
      JPY: { minor: 1800n, compareAtMinor: null },
    },
    ...change,
  }
}

/** The same variant as an input: without product and position. */
export function aNewVariant(number: number, change: Partial<NewVariant> = {}): NewVariant {
  const { productId: _, position: __, ...variant } = aVariant(number)
  return { ...variant, ...change }
}

/** A product on sale at version 3, with two variants. */
export function aProduct(change: Partial<WholeProduct> = {}): WholeProduct {
  return {
    id: ids.product,
    slug: 'harbour-stripe-crew',
    title: 'Harbour Stripe Crew',
    description: 'Combed cotton, ribbed cuff.',
    categoryId: null,
    status: 'ACTIVE',
    version: 3,
    releasedAt: new Date('2026-03-01T08:00:00Z'),
    variants: [aVariant(1), aVariant(2)],
    ...change,
  }
}
