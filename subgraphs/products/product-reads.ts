// Tested in references.int.test.ts: its statements need a database.

import type { Page } from '@argyle/kit/connection'
import { CURRENCIES, type Currency, isCurrency, money } from '@argyle/kit/money'
import { Prisma, type PrismaClient } from './generated/prisma/client.ts'
import type { ProductImage } from './image.ts'
import type { Price, Prices } from './price.ts'
import type { Product } from './product.ts'
import type { SelectedOption, Variant } from './variant.ts'

/** The client or a transaction. */
type Reader = Pick<PrismaClient, '$queryRaw'>

export type PriceRange = { readonly productId: string; readonly min: bigint; readonly max: bigint }

/** The expression of each field of a Product. The compiler names a field that is missing. */
const PRODUCT_FIELDS: Readonly<Record<keyof Product, string>> = {
  id: 'p.id',
  slug: 'p.slug',
  title: 'p.title',
  description: 'p.description',
  categoryId: 'p.category_id',
  status: 'p.status::text',
  version: 'p.version',
  releasedAt: 'p.released_at',
}

/** The columns of a Product, from a table or subquery named `p`. */
export const PRODUCT_COLUMNS = Prisma.raw(
  Object.entries(PRODUCT_FIELDS)
    .map(([field, expression]) => `${expression} AS "${field}"`)
    .join(', '),
)

// JSON numbers are exact up to 2^53; constraints keep prices far below.
const VARIANT_COLUMNS = Prisma.sql`
  v.id, v.product_id AS "productId", v.sku, v.title, v.options, v.weight_grams AS "weightGrams", v.position,
  v.cost_minor AS "costMinor", v.cost_currency AS "costCurrency",
  (SELECT json_object_agg(currency_code, json_build_array(amount_minor, compare_at_minor))
     FROM variant_price WHERE variant_id = v.id) AS prices`

type VariantRow = Omit<Variant, 'cost' | 'prices'> & {
  readonly options: readonly SelectedOption[]
  readonly costMinor: bigint | null
  readonly costCurrency: string | null
  readonly prices: Readonly<Record<Currency, readonly [amount: number, compareAt: number | null]>>
}

function pricesOf(row: VariantRow): Prices {
  const prices: Partial<Record<Currency, Price>> = {}
  for (const currency of CURRENCIES) {
    const [amount, compareAt] = row.prices[currency]
    prices[currency] = {
      minor: BigInt(amount),
      compareAtMinor: compareAt === null ? null : BigInt(compareAt),
    }
  }
  // Every currency has been set above.
  return prices as Prices
}

function variantOf({ costMinor, costCurrency, ...row }: VariantRow): Variant {
  const cost = costMinor !== null && isCurrency(costCurrency) ? money(costMinor, costCurrency) : null
  return { ...row, cost, prices: pricesOf({ ...row, costMinor, costCurrency }) }
}

/** All variants of a product in order, for its rules. */
export async function variantsOf(reader: Reader, productId: string): Promise<Variant[]> {
  const rows = await reader.$queryRaw<VariantRow[]>`
    SELECT ${VARIANT_COLUMNS} FROM variant v WHERE v.product_id = ${productId} ORDER BY v.position`
  return rows.map(variantOf)
}

/**
 * Reads of products by their keys, each by one SQL statement for any number of keys.
 * @param drafts whether the reader may see drafts. Everybody finds ARCHIVED products, since orders refer to
 * them.
 */
export function productReads(prisma: PrismaClient, drafts: boolean) {
  const seen = drafts ? Prisma.empty : Prisma.sql`AND p.status <> 'DRAFT'`

  async function variants(where: Prisma.Sql): Promise<Variant[]> {
    const rows = await prisma.$queryRaw<VariantRow[]>`
      SELECT ${VARIANT_COLUMNS} FROM variant v JOIN product p ON p.id = v.product_id WHERE ${where} ${seen}`
    return rows.map(variantOf)
  }

  return {
    byIds: (ids: readonly string[]) =>
      prisma.$queryRaw<Product[]>`
        SELECT ${PRODUCT_COLUMNS} FROM product p WHERE p.id = ANY(${ids}) ${seen}`,

    bySlugs: (slugs: readonly string[]) =>
      prisma.$queryRaw<Product[]>`
        SELECT ${PRODUCT_COLUMNS} FROM product p WHERE p.slug = ANY(${slugs}) ${seen}`,

    variantsByIds: (ids: readonly string[]) => variants(Prisma.sql`v.id = ANY(${ids})`),

    variantsBySkus: (skus: readonly string[]) => variants(Prisma.sql`v.sku = ANY(${skus})`),

    /** All variants of these products, those of one in order. */
    async allVariantsOf(productIds: readonly string[]): Promise<Variant[]> {
      const rows = await prisma.$queryRaw<VariantRow[]>`
        SELECT ${VARIANT_COLUMNS} FROM variant v WHERE v.product_id = ANY(${[...productIds]}::text[])
         ORDER BY v.product_id, v.position`
      return rows.map(variantOf)
    },

    /** A page of the variants of each product, after the position `after`. */
    async variantsOfProducts(
      productIds: readonly string[],
      { first, after }: { first: Page['first']; after: number },
    ): Promise<Variant[]> {
      const rows = await prisma.$queryRaw<VariantRow[]>`
        SELECT v.* FROM unnest(${productIds}::text[]) AS wanted (product)
         CROSS JOIN LATERAL (
           SELECT ${VARIANT_COLUMNS} FROM variant v
            WHERE v.product_id = wanted.product AND v.position > ${after}::int
            ORDER BY v.position LIMIT ${first + 1}) v`
      return rows.map(variantOf)
    },

    priceRanges: (productIds: readonly string[], currency: Currency) =>
      prisma.$queryRaw<PriceRange[]>`
        SELECT product_id AS "productId", min_minor AS min, max_minor AS max FROM price_range
         WHERE product_id = ANY(${productIds}) AND currency_code = ${currency}`,

    images: (productIds: readonly string[]) =>
      prisma.$queryRaw<ProductImage[]>`
        SELECT product_id AS "productId", name, alt_text AS "altText", width, height FROM product_image
         WHERE product_id = ANY(${productIds}) ORDER BY product_id, position`,
  }
}

export type ProductReads = ReturnType<typeof productReads>
