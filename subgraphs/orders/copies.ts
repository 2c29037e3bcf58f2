// Tested in events.int.test.ts: the test delivers messages.

import { copyApplied } from '@argyle/kit/copies'
import type { Envelope } from '@argyle/kit/envelope'
import { appendEvents } from '@argyle/kit/outbox'
import { type KnownPrice, type KnownProduct, read } from './events.ts'
import type { Tx } from './transaction.ts'

/**
 * Copies of other subgraphs' data. Messages arrive in any order and more than once: a row stores the sequence
 * of the last applied message and ignores messages that are not newer.
 */

/** products.product.changed: the complete state of a product. */
export async function rememberProduct(message: Envelope, tx: Tx): Promise<void> {
  const product = read.productChanged(message)
  const { sequence } = message
  const isNewer = await tx.$executeRaw`
    INSERT INTO known_product (product_id, sequence, category_id)
    VALUES (${product.productId}, ${sequence}, ${product.categoryId})
    ON CONFLICT (product_id) DO UPDATE SET sequence = EXCLUDED.sequence, category_id = EXCLUDED.category_id
     WHERE known_product.sequence < EXCLUDED.sequence`
  if (isNewer === 1) await rememberVariants(product, tx)
  const prices = product.variants.flatMap(({ variantId, prices }) =>
    prices.map((price) => ({ variantId, ...price })),
  )
  await rememberPrices(prices, sequence, tx)
  await appendEvents(tx, [copyApplied('orders.product.applied', message)])
}

/**
 * Marks the variants that the product no longer lists as not for sale. They stay known for carts that contain
 * them.
 */
async function rememberVariants({ productId, title, status, variants }: KnownProduct, tx: Tx): Promise<void> {
  const rows = variants.map(({ variantId, sku, weightGrams, title: variant }) => {
    return { variantId, sku, weightGrams, title: variant === '' ? title : `${title}, ${variant}` }
  })
  await tx.$executeRaw`
    WITH unlisted AS (
      UPDATE known_variant SET listed = false
       WHERE product_id = ${productId} AND variant_id <> ALL(${rows.map(({ variantId }) => variantId)}))
    INSERT INTO known_variant (variant_id, product_id, sku, title, listed, weight_grams)
    SELECT v."variantId", ${productId}, v.sku, v.title, ${status === 'ACTIVE'}, v."weightGrams"
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS v("variantId" text, sku text, title text, "weightGrams" int)
    ON CONFLICT (variant_id) DO UPDATE SET
      product_id = EXCLUDED.product_id, sku = EXCLUDED.sku, title = EXCLUDED.title, listed = EXCLUDED.listed,
      weight_grams = EXCLUDED.weight_grams`
}

/**
 * Sorted by id: two messages about one product may be handled concurrently and must lock its rows in one
 * order.
 */
async function rememberPrices(
  prices: readonly (KnownPrice & { variantId: string })[],
  sequence: number,
  tx: Tx,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO variant_price (variant_id, currency, minor, sequence)
    SELECT p."variantId", p."currencyCode"::currency, p."amountMinor", ${sequence}
      FROM jsonb_to_recordset(${JSON.stringify(prices)}::jsonb)
        AS p("variantId" text, "currencyCode" text, "amountMinor" bigint)
     ORDER BY p."variantId", p."currencyCode"
    ON CONFLICT (variant_id, currency) DO UPDATE SET minor = EXCLUDED.minor, sequence = EXCLUDED.sequence
     WHERE variant_price.sequence < EXCLUDED.sequence`
}

/** products.price.changed: the prices of one variant, with a sequence of their own. */
export async function rememberPrice(message: Envelope, tx: Tx): Promise<void> {
  const { variantId, prices } = read.priceChanged(message)
  const rows = prices.map((price) => ({ variantId, ...price }))
  await rememberPrices(rows, message.sequence, tx)
}

/** inventory.availability.changed: the publicly shown available quantity. */
export async function rememberAvailability(message: Envelope, tx: Tx): Promise<void> {
  const { variantId, availableQuantity } = read.availabilityChanged(message)
  await tx.$executeRaw`
    INSERT INTO variant_availability (variant_id, available, sequence)
    VALUES (${variantId}, ${availableQuantity}, ${message.sequence})
    ON CONFLICT (variant_id) DO UPDATE SET available = EXCLUDED.available, sequence = EXCLUDED.sequence
     WHERE variant_availability.sequence < EXCLUDED.sequence`
  await appendEvents(tx, [copyApplied('orders.availability.applied', message)])
}

/** Deletes keys that verify no quote any more. */
export async function forgetQuoteKeys(db: Pick<Tx, '$executeRaw'>, now: Date): Promise<void> {
  await db.$executeRaw`DELETE FROM quote_key WHERE not_after < ${now}`
}

/** shipping.quote_key.published: a public key with which orders verifies the shipping quotes of a cart. */
export async function rememberQuoteKey(message: Envelope, tx: Tx): Promise<void> {
  const { keyId, publicKey, notAfter } = read.quoteKeyPublished(message)
  await tx.$executeRaw`
    INSERT INTO quote_key (key_id, public_key, not_after, sequence)
    VALUES (${keyId}, ${publicKey}, ${new Date(notAfter)}, ${message.sequence})
    ON CONFLICT (key_id) DO UPDATE SET public_key = EXCLUDED.public_key, not_after = EXCLUDED.not_after,
                                       sequence = EXCLUDED.sequence
     WHERE quote_key.sequence < EXCLUDED.sequence`
}
