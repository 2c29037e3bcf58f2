// Tested in ../checkout.int.test.ts: the rows need a checkout.

import { createHash } from 'node:crypto'
import { executeLater } from '@argyle/kit/later'
import type { CartHead } from '../cart/cart.ts'
import { Prisma } from '../generated/prisma/client.ts'
import type { QuoteKey } from '../quote/quote.ts'
import { dueAt, UNPAID_STEPS } from '../saga/outstanding.ts'
import { placed } from '../saga/saga.ts'
import { normalRegion, type TaxRules } from '../tax/tax.ts'
import type { Tx } from '../transaction.ts'
import type { Destination, KnownAddress, PostalAddress } from './destination.ts'
import type { Guest, NewOrder } from './order.ts'

/** `UNPAID_STEPS` as constants, without which PostgreSQL does not use the partial index of unpaid orders. */
const UNPAID = Prisma.raw(`(${[...UNPAID_STEPS].map((step) => `'${step}'`).join(', ')})`)

/** The tax rules of a destination and the key named by a quote; null where there is none. */
type Terms = { readonly taxRules: TaxRules | null; readonly key: QuoteKey | null }

/**
 * A cart to be ordered, the copy of the customer's address (null if unknown), and the tax rules of the
 * destination.
 */
export type OrderGround = Terms & {
  readonly cart: CartHead
  readonly address: KnownAddress | null
  /** Number of the customer's orders whose payment is not authorized yet. */
  readonly unpaid: number
}

/** The rows to lock and read. */
type GroundWanted = {
  readonly cartId: string
  readonly customerId: string | null
  readonly to: { readonly book: Destination } | { readonly written: PostalAddress }
  readonly keyId: string | null
}

type KeyRow = { readonly keyId: string; readonly publicKey: string; readonly notAfter: string }
type TermsRow = { readonly rules: TaxRules | null; readonly key: KeyRow | null }
/** `region` is the region by which the rates were selected. */
type GroundRow = CartHead &
  TermsRow & { readonly address: KnownAddress | null; readonly region: string; readonly unpaid: number }

/** Selects the tax rules of a place and the key named by a quote. `country` and `region` are SQL. */
const termsColumns = (country: Prisma.Sql, region: Prisma.Sql, keyId: string | null) => Prisma.sql`
  (SELECT jsonb_build_object('pricesIncludeTax', t.prices_include_tax, 'rates', COALESCE(
     (SELECT jsonb_agg(jsonb_build_object('countryCode', r.country_code, 'region', r.region, 'category', r.category, 'ppm', r.ppm))
        FROM tax_rate r WHERE r.country_code = t.country_code AND r.region IN ('', ${region})), '[]'::jsonb))
     FROM tax_country t WHERE t.country_code = ${country}) AS rules,
  (SELECT jsonb_build_object('keyId', key_id, 'publicKey', public_key, 'notAfter', not_after)
     FROM quote_key WHERE key_id = ${keyId}) AS key`

function termsOf({ rules, key }: TermsRow): Terms {
  return { taxRules: rules, key: key && { ...key, notAfter: new Date(key.notAfter) } }
}

/**
 * Locks the cart and the copy of the customer's address, and reads tax rules and quote key with them. The
 * lock orders this transaction against a change of the address: the change is visible here, or it finds the
 * placed order.
 */
export async function lockGround(
  tx: Tx,
  { cartId, customerId, to, keyId }: GroundWanted,
): Promise<OrderGround | null> {
  const addressId = 'book' in to ? to.book.shippingAddressId : null
  const written = 'written' in to ? to.written : null
  const country = Prisma.sql`COALESCE(${written?.countryCode ?? null}, a.address->>'countryCode')`
  const region = written
    ? Prisma.sql`${normalRegion(written.region)}`
    : Prisma.sql`upper(trim(COALESCE(a.address->>'region', '')))`
  const [row] = await tx.$queryRaw<GroundRow[]>`
    SELECT c.id, c.customer_id AS "customerId", c.state::text, c.currency::text, c.version, c.coupon_id AS "couponId",
           c.expires_at AS "expiresAt", c.claimed_by AS "claimedBy", a.address, ${region} AS region,
           (SELECT count(*)::int FROM orders WHERE customer_id = ${customerId} AND step IN ${UNPAID}) AS unpaid,
           ${termsColumns(country, region, keyId)}
      FROM cart c
      LEFT JOIN LATERAL (
        SELECT jsonb_build_object('id', address_id, 'version', sequence, 'removed', removed, 'recipient', recipient,
                                  'line1', line1, 'line2', line2, 'city', city, 'region', region,
                                  'postalCode', postal_code, 'countryCode', country_code) AS address
          FROM customer_address WHERE address_id = ${addressId} AND customer_id = ${customerId} FOR SHARE) a ON true
     WHERE c.id = ${cartId} FOR UPDATE OF c`
  if (!row) return null
  const { address, rules, key, region: selected, unpaid, ...cart } = row
  // PostgreSQL writes some letters in other capitals than JavaScript, ß for example: the rates are those of `normalRegion`.
  if (address && !address.removed && normalRegion(address.region) !== selected)
    return { cart, address, unpaid, ...(await readTerms(tx, address, keyId)) }
  return { cart, address, unpaid, ...termsOf({ rules, key }) }
}

/** The tax rules of a destination and the key named by a quote; null where there is none. */
export async function readTerms(
  db: Pick<Tx, '$queryRaw'>,
  { countryCode, region }: { countryCode: string; region: string | null },
  keyId: string | null,
): Promise<Terms> {
  const columns = termsColumns(Prisma.sql`${countryCode}`, Prisma.sql`${normalRegion(region)}`, keyId)
  const [row] = await db.$queryRaw<TermsRow[]>`SELECT ${columns}`
  return termsOf(row ?? { rules: null, key: null })
}

/** Locks a coupon against other orders until the transaction ends. Carts may refer to it meanwhile. */
export async function lockCoupon(tx: Tx, couponId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM coupon WHERE id = ${couponId} FOR NO KEY UPDATE`
}

type Redeemer = { readonly customerId: string | null; readonly guest: { readonly email: string } | null }

/** The identity by which uses of a coupon are counted: the customer, or the hash of a guest's e-mail. */
export function redeemerOf({ customerId, guest }: Redeemer): string {
  if (customerId !== null) return customerId
  return `guest:${createHash('sha256')
    .update(guest?.email ?? '')
    .digest('base64url')}`
}

/**
 * Counts the orders with a guest's e-mail from one network whose payment is not authorized yet. A guest may have any number of carts, so
 * concurrent orders of one count wait for each other here.
 */
export async function countUnpaidOfGuest(tx: Tx, { email, unpaidKey }: Guest): Promise<number> {
  await executeLater(
    tx,
    Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${`unpaid ${unpaidKey}`}, 0))`,
  )
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM orders WHERE email = ${email} AND unpaid_key = ${unpaidKey} AND step IN ${UNPAID}`
  return row?.count ?? 0
}

/**
 * Inserts an order, its lines and its first history row, and consumes its cart and one use of its coupon, in
 * one statement.
 */
export async function insertOrder(tx: Tx, order: NewOrder): Promise<void> {
  const { id, customerId, guest, cartId, totals, coupon, address, shipping, placedAt } = order
  const { subtotal, discount, tax, includedTax, shippingTax, total } = totals
  const { status, step } = placed.stage
  const lines = JSON.stringify(order.lines, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  const redemption = coupon
    ? Prisma.sql`,
    redeemed AS (
      INSERT INTO coupon_redemption (order_id, coupon_id, customer_id, redeemed_at)
      VALUES (${id}, ${coupon.id}, ${redeemerOf(order)}, ${placedAt})),
    counted AS (UPDATE coupon SET times_used = times_used + 1 WHERE id = ${coupon.id})`
    : Prisma.empty
  await executeLater(
    tx,
    Prisma.sql`
    WITH new_order AS (
      INSERT INTO orders (id, number, customer_id, email, guest_secret_hash, cart_id, status, step, version, attempts, due_at,
        currency, subtotal_minor, discount_minor, shipping_minor, tax_minor, included_tax_minor, shipping_tax_minor,
        shipping_included_tax_minor, total_minor, coupon_code, ship_recipient, ship_line1, ship_line2, ship_city, ship_region,
        ship_postal_code, ship_country_code, ship_address_id, ship_address_version, ship_rate_id, ship_carrier, ship_service,
        payment_method_id, pay_later, unpaid_key, placed_at)
      VALUES (${id}, ${order.number}, ${customerId}, ${guest?.email ?? null}, ${guest?.secretHash ?? null}, ${cartId},
        ${status}::order_status, ${step}::saga_step, ${placed.version}, ${placed.attempts}, ${dueAt(placed, placedAt)},
        ${total.currency}::currency, ${subtotal.minor}, ${discount.minor}, ${totals.shipping.minor}, ${tax.minor},
        ${includedTax.minor}, ${shippingTax.onTopMinor}, ${shippingTax.includedMinor}, ${total.minor}, ${coupon?.code ?? null},
        ${address.recipient}, ${address.line1}, ${address.line2}, ${address.city}, ${address.region}, ${address.postalCode},
        ${address.countryCode}, ${address.id}, ${address.version}, ${shipping?.rateId ?? null}, ${shipping?.carrier ?? null},
        ${shipping?.service ?? null}, ${order.paymentMethodId}, ${order.payLater}, ${guest?.unpaidKey ?? null}, ${placedAt})),
    new_lines AS (
      INSERT INTO order_line (id, order_id, position, variant_id, product_id, sku, title, unit_minor, quantity, discount_minor,
                              tax_ppm, tax_minor, included_tax_minor, weight_grams)
      SELECT l.id, ${id}, l.position, l."variantId", l."productId", l.sku, l.title, l."unitMinor", l.quantity, l."discountMinor",
             l."taxPpm", l."taxMinor", l."includedTaxMinor", l."weightGrams"
        FROM jsonb_to_recordset(${lines}::jsonb)
          AS l(id text, position int, "variantId" text, "productId" text, sku text, title text, "unitMinor" bigint,
               quantity int, "discountMinor" bigint, "taxPpm" int, "taxMinor" bigint, "includedTaxMinor" bigint,
               "weightGrams" int)),
    first_change AS (
      INSERT INTO order_status_change (order_id, version, from_status, to_status, at, actor)
      VALUES (${id}, ${placed.version}, NULL, ${status}::order_status, ${placedAt}, 'customer')),
    first_step AS (
      INSERT INTO order_step (order_id, version, at, actor, text)
      VALUES (${id}, ${placed.version}, ${placedAt}, 'customer', 'The order is placed. Its stock is being reserved.'))${redemption}
    UPDATE cart SET state = 'ORDERED', version = version + 1 WHERE id = ${cartId}`,
  )
}
