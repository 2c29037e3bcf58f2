// Tested in seed-shop.int.test.ts: the test reads the filled tables.

import { SEED_CURRENCIES } from './catalogue/price-ladder.ts'
import { design } from './catalogue/product.ts'
import { PICTURE, sockPicture } from './catalogue/sock-picture.ts'
import { sockTypeOf } from './catalogue/sock-type.ts'
import { coloursOf } from './catalogue/variant.ts'
import { instant, type TableRow, table } from './database/copy-table.ts'
import type { Filling } from './filling.ts'
import { DAY, type Plan } from './plan.ts'
import { rows } from './row.ts'

const category = table('category', [
  'id',
  'parent_id',
  'slug',
  'name',
  'position',
  'version',
  'created_at',
  'updated_at',
])
const product = table('product', [
  'id',
  'slug',
  'title',
  'description',
  'category_id',
  'status',
  'version',
  'released_at',
  'created_at',
  'updated_at',
])
const variant = table('variant', [
  'id',
  'product_id',
  'sku',
  'title',
  'options',
  'weight_grams',
  'position',
  'cost_minor',
  'cost_currency',
  'created_at',
  'updated_at',
])
const variantPrice = table('variant_price', [
  'variant_id',
  'currency_code',
  'amount_minor',
  'compare_at_minor',
])
const productImage = table('product_image', [
  'product_id',
  'position',
  'name',
  'alt_text',
  'width',
  'height',
  'svg',
])

export const fillProducts: Filling = {
  database: 'products',
  // For the triggers that maintain price_range.
  keepsIndexes: true,
  tables: [category, product, variant, variantPrice, productImage],
  *rows(plan) {
    yield* categories(plan)
    yield* products(plan)
    yield* variants(plan)
  },
}

function* categories(plan: Plan): Generator<TableRow> {
  for (const { id, parentId, slug, name, position, createdAt } of rows(plan, 'category')) {
    const at = instant(createdAt)
    yield category.row({
      id,
      parent_id: parentId,
      slug,
      name,
      position,
      version: 1,
      created_at: at,
      updated_at: at,
    })
  }
}

function* products(plan: Plan): Generator<TableRow> {
  let index = 0
  for (const row of rows(plan, 'product')) {
    const at = instant(row.createdAt)
    yield product.row({
      id: row.id,
      slug: row.slug,
      title: row.title,
      description: row.description,
      category_id: row.categoryId,
      status: row.status,
      version: row.version,
      released_at: at,
      created_at: instant(row.createdAt - (row.status === 'DRAFT' ? 0 : 3 * DAY)),
      updated_at: at,
    })
    yield* pictures(plan, index++, row.id, row.slug)
  }
}

/** One picture per colour. */
function* pictures(plan: Plan, index: number, productId: string, slug: string): Generator<TableRow> {
  const { pattern } = design(plan, index)
  const { height, noun } = sockTypeOf(index)
  for (const [position, colour] of coloursOf(plan, index).entries())
    yield productImage.row({
      product_id: productId,
      position,
      name: `${slug}-${colour.name.toLowerCase()}`,
      alt_text: `${pattern} ${noun.toLowerCase()} in ${colour.name.toLowerCase()}`,
      ...PICTURE,
      svg: sockPicture({ pattern, colour, legHeight: height }),
    })
}

function* variants(plan: Plan): Generator<TableRow> {
  for (const row of rows(plan, 'variant')) {
    const at = instant(row.createdAt)
    yield variant.row({
      id: row.id,
      product_id: row.productId,
      sku: row.sku,
      title: row.title,
      options: JSON.stringify(row.options),
      weight_grams: row.weightGrams,
      position: row.position,
      cost_minor: row.cost.USD,
      cost_currency: 'USD',
      created_at: at,
      updated_at: at,
    })
    for (const currency of SEED_CURRENCIES)
      yield variantPrice.row({
        variant_id: row.id,
        currency_code: currency,
        amount_minor: row.prices[currency],
        compare_at_minor: row.compareAt?.[currency] ?? null,
      })
  }
}
