import type { CartHead } from '../cart/cart.ts'
import { dueAt } from '../saga/effects.ts'
import { placed } from '../saga/saga.ts'
import type { Tx } from '../transaction.ts'
import type { KnownAddress, NewOrder } from './order.ts'

/** A cart about to be ordered, and the copy of the customer's address; null where it was never heard of. */
export type OrderGround = { readonly cart: CartHead; readonly address: KnownAddress | null }

type GroundRow = CartHead & { readonly address: KnownAddress | null }

/**
 * Locks the cart and, against a change of it, the copy of the customer's address. An order is thus either placed before
 * news of the address, which then finds it, or after.
 */
export async function lockGround(
  tx: Tx,
  { cartId, customerId, addressId }: { cartId: string; customerId: string; addressId: string },
): Promise<OrderGround | null> {
  const [row] = await tx.$queryRaw<GroundRow[]>`
    SELECT c.id, c.customer_id AS "customerId", c.state::text, c.currency::text, c.version, c.coupon_id AS "couponId",
           c.expires_at AS "expiresAt", c.claimed_by AS "claimedBy", a.address
      FROM cart c
      LEFT JOIN LATERAL (
        SELECT jsonb_build_object('id', address_id, 'version', sequence, 'removed', removed, 'recipient', recipient,
                                  'line1', line1, 'line2', line2, 'city', city, 'region', region,
                                  'postalCode', postal_code, 'countryCode', country_code) AS address
          FROM customer_address WHERE address_id = ${addressId} AND customer_id = ${customerId} FOR SHARE) a ON true
     WHERE c.id = ${cartId} FOR UPDATE OF c`
  if (!row) return null
  const { address, ...cart } = row
  return { cart, address }
}

/** Locks a coupon against other orders until the transaction ends. Carts may still refer to it meanwhile. */
export async function lockCoupon(tx: Tx, couponId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM coupon WHERE id = ${couponId} FOR NO KEY UPDATE`
}

/** Writes an order, its lines and its first history row, and spends its cart and one use of its coupon: one statement. */
export async function insertOrder(tx: Tx, order: NewOrder): Promise<void> {
  const { id, customerId, cartId, subtotal, discount, total, coupon, address, placedAt } = order
  const { status, step } = placed.stage
  const lines = JSON.stringify(order.lines, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  await tx.$executeRaw`
    WITH new_order AS (
      INSERT INTO orders (id, number, customer_id, cart_id, status, step, version, attempts, due_at, currency,
        subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor, coupon_code, ship_recipient, ship_line1,
        ship_line2, ship_city, ship_region, ship_postal_code, ship_country_code,
        ship_address_id, ship_address_version, placed_at)
      VALUES (${id}, ${order.number}, ${customerId}, ${cartId}, ${status}::order_status, ${step}::saga_step,
        ${placed.version}, ${placed.attempts}, ${dueAt(placed, placedAt)}, ${total.currency}::currency,
        ${subtotal.minor}, ${discount.minor}, 0, 0, ${total.minor}, ${coupon?.code ?? null}, ${address.recipient},
        ${address.line1}, ${address.line2}, ${address.city}, ${address.region}, ${address.postalCode},
        ${address.countryCode}, ${address.id}, ${address.version}, ${placedAt})),
    new_lines AS (
      INSERT INTO order_line (id, order_id, position, variant_id, product_id, sku, title, unit_minor, quantity, discount_minor)
      SELECT l.id, ${id}, l.position, l."variantId", l."productId", l.sku, l.title, l."unitMinor", l.quantity, l."discountMinor"
        FROM jsonb_to_recordset(${lines}::jsonb)
          AS l(id text, position int, "variantId" text, "productId" text, sku text, title text, "unitMinor" bigint,
               quantity int, "discountMinor" bigint)),
    first_change AS (
      INSERT INTO order_status_change (order_id, version, from_status, to_status, at, actor)
      VALUES (${id}, ${placed.version}, NULL, ${status}::order_status, ${placedAt}, 'customer')),
    redeemed AS (
      INSERT INTO coupon_redemption (order_id, coupon_id, customer_id, redeemed_at)
      SELECT ${id}, c.id, ${customerId}, ${placedAt} FROM coupon c WHERE c.id = ${coupon?.id ?? null}::text),
    counted AS (UPDATE coupon SET times_used = times_used + 1 WHERE id = ${coupon?.id ?? null}::text)
    UPDATE cart SET state = 'ORDERED', version = version + 1 WHERE id = ${cartId}`
}
