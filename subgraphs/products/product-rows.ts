// Tested in product-store.int.test.ts: its statements need a database.

import { CURRENCIES } from '@argyle/kit/money'
import { appendEvents } from '@argyle/kit/outbox'
import type { Prisma } from './generated/prisma/client.ts'
import type { Product, ProductChange, WholeProduct } from './product.ts'
import { PRODUCT_COLUMNS, variantsOf } from './product-reads.ts'
import type { Variant } from './variant.ts'

export type Tx = Prisma.TransactionClient

/** The id of a product, or of one of its variants. */
export type Target = { readonly productId: string } | { readonly variantId: string }

/** Locks a product. Every change of it, its variants and its prices takes this lock. */
export async function lockProduct(tx: Tx, target: Target): Promise<WholeProduct | null> {
  const [product] =
    'productId' in target
      ? await tx.$queryRaw<Product[]>`
          SELECT ${PRODUCT_COLUMNS} FROM product p WHERE p.id = ${target.productId} FOR UPDATE`
      : await tx.$queryRaw<Product[]>`
          SELECT ${PRODUCT_COLUMNS} FROM product p
           WHERE p.id = (SELECT product_id FROM variant WHERE id = ${target.variantId}) FOR UPDATE`
  return product ? { ...product, variants: await variantsOf(tx, product.id) } : null
}

const variantRow = ({ options, cost, prices: _, ...row }: Variant, now: Date) => ({
  ...row,
  options: options.map(({ name, value }) => ({ name, value })),
  costMinor: cost?.minor ?? null,
  costCurrency: cost?.currency ?? null,
  updatedAt: now,
})

async function savePrices(tx: Tx, variants: readonly Variant[]): Promise<void> {
  const rows = variants.flatMap(({ id, prices }) =>
    CURRENCIES.map((currency) => ({ id, currency, ...prices[currency] })),
  )
  await tx.$executeRaw`
    INSERT INTO variant_price (variant_id, currency_code, amount_minor, compare_at_minor)
    SELECT * FROM unnest(${rows.map(({ id }) => id)}::text[], ${rows.map(({ currency }) => currency)}::text[],
      ${rows.map(({ minor }) => String(minor))}::bigint[],
      ${rows.map(({ compareAtMinor }) => (compareAtMinor === null ? null : String(compareAtMinor)))}::bigint[])
    ON CONFLICT (variant_id, currency_code)
    DO UPDATE SET amount_minor = excluded.amount_minor, compare_at_minor = excluded.compare_at_minor
     WHERE (variant_price.amount_minor, variant_price.compare_at_minor)
           IS DISTINCT FROM (excluded.amount_minor, excluded.compare_at_minor)`
}

/**
 * Inserts variants in the order of their SKUs, so that writers of the same SKUs wait instead of deadlocking.
 */
async function insertVariants(tx: Tx, variants: readonly Variant[], now: Date): Promise<void> {
  if (variants.length === 0) return
  const inOrder = variants.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))
  await tx.variant.createMany({ data: inOrder.map((row) => ({ ...variantRow(row, now), createdAt: now })) })
  await savePrices(tx, variants)
}

/** Inserts a new product with its variants and its events. */
export async function insertProduct(tx: Tx, { product, events }: ProductChange, now: Date): Promise<void> {
  const { variants, ...row } = product
  await tx.product.createMany({ data: [{ ...row, createdAt: now, updatedAt: now }] })
  await insertVariants(tx, variants, now)
  await appendEvents(tx, events)
}

/** Writes the differences; unchanged variants are the same objects as before. */
export async function saveProduct(
  tx: Tx,
  before: WholeProduct,
  { product, events }: ProductChange,
  now: Date,
): Promise<void> {
  const { id, variants, ...row } = product
  await tx.product.updateMany({ where: { id }, data: { ...row, updatedAt: now } })
  const known = new Map(before.variants.map((variant) => [variant.id, variant]))
  await insertVariants(
    tx,
    variants.filter((variant) => !known.has(variant.id)),
    now,
  )
  const edited = variants.filter((variant) => known.has(variant.id) && known.get(variant.id) !== variant)
  for (const variant of edited) {
    await tx.variant.updateMany({ where: { id: variant.id }, data: variantRow(variant, now) })
  }
  if (edited.length > 0) await savePrices(tx, edited)
  await appendEvents(tx, events)
}
