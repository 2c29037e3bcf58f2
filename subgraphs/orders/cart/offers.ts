import type { Currency } from '@argyle/kit/money'
import { equalsAny } from '@argyle/kit/select'
import { Prisma } from '../generated/prisma/client.ts'
import { STANDARD } from '../tax/tax.ts'
import type { Tx } from '../transaction.ts'
import type { Offer, OfferedLine } from './pricing.ts'

type Db = Pick<Tx, '$queryRaw'>

const OFFER = Prisma.sql`
  v.product_id AS "productId", v.sku, v.title, COALESCE(v.listed, false) AS listed,
  p.minor AS "priceMinor", a.available, a.sequence AS "availabilitySequence", v.weight_grams AS "weightGrams",
  COALESCE(t.category, ${STANDARD}) AS "taxCategory"`

/** Joins the read models of a variant `x.variant_id` in the currency `x.currency`. */
const READ_MODELS = Prisma.sql`
  LEFT JOIN known_variant v ON v.variant_id = x.variant_id
  LEFT JOIN variant_price p ON p.variant_id = x.variant_id AND p.currency = x.currency
  LEFT JOIN variant_availability a ON a.variant_id = x.variant_id
  LEFT JOIN known_product k ON k.product_id = v.product_id
  LEFT JOIN tax_assignment t ON t.category_id = k.category_id`

/** The offer of each variant in this currency, by variant id. Unknown variants are missing. */
export async function offersOf(
  db: Db,
  variantIds: readonly string[],
  currency: Currency,
): Promise<ReadonlyMap<string, Offer>> {
  const [one] = variantIds
  if (one === undefined) return new Map()
  const id =
    variantIds.length === 1 ? Prisma.sql`${one}::text` : Prisma.sql`unnest(${[...variantIds]}::text[])`
  const rows = await db.$queryRaw<Offer[]>`
    SELECT x.variant_id AS "variantId", ${OFFER}
      FROM (SELECT ${id} AS variant_id, ${currency}::currency AS currency) x ${READ_MODELS}`
  return new Map(rows.map((offer) => [offer.variantId, offer]))
}

type LineRow = Omit<OfferedLine, 'offer' | 'shortage'> &
  Offer & {
    readonly cartId: string
    readonly position: number
    readonly shortAvailable: number | null
    readonly shortSequence: number | null
  }

/** A line of a cart with its offer in the currency of the cart. */
export type StoredLine = OfferedLine & { readonly cartId: string; readonly position: number }

/** The lines of these carts in their order, each with its offer. */
export async function linesWithOffers(db: Db, cartIds: readonly string[]): Promise<StoredLine[]> {
  const rows = await db.$queryRaw<LineRow[]>`
    SELECT x.*, ${OFFER}
      FROM (SELECT l.id, l.cart_id AS "cartId", l.variant_id, l.variant_id AS "variantId", l.quantity::int,
                   l.seen_minor AS "seenMinor", l.short_available AS "shortAvailable",
                   l.short_sequence AS "shortSequence", l.position, c.currency
              FROM cart_line l JOIN cart c ON c.id = l.cart_id WHERE l.cart_id ${equalsAny(cartIds)}) x ${READ_MODELS}
     ORDER BY x.position`
  return rows.map(
    ({ id, cartId, quantity, seenMinor, position, shortAvailable, shortSequence, ...offer }) => {
      const shortage =
        shortAvailable === null ? null : { available: shortAvailable, sequence: shortSequence ?? 0 }
      return { id, cartId, quantity, seenMinor, shortage, position, offer }
    },
  )
}
