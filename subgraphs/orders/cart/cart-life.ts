import type { Currency } from '@argyle/kit/money'
import type { Cart, CartHead } from './cart.ts'

const DAY_MS = 24 * 60 * 60 * 1_000
/** Days for which a guest cart is kept. A guest who returns later has probably started a new one. */
const GUEST_DAYS = 30
/** Days for which a customer's cart is kept. */
const CUSTOMER_DAYS = 90

function expiry(customerId: string | null, now: Date): Date {
  return new Date(now.getTime() + (customerId === null ? GUEST_DAYS : CUSTOMER_DAYS) * DAY_MS)
}

export function freshCart(
  { id, customerId, currency }: { id: string; customerId: string | null; currency: Currency },
  now: Date,
): CartHead {
  const expiresAt = expiry(customerId, now)
  return { id, customerId, currency, state: 'OPEN', version: 1, couponId: null, claimedBy: null, expiresAt }
}

/** The cart with the next version and a new expiry. */
export function touched(cart: Cart, now: Date): Cart {
  return { ...cart, version: cart.version + 1, expiresAt: expiry(cart.customerId, now) }
}

/**
 * Whether a shopper (a customer's id, null for a guest) may see and change a cart. A guest cart's id is its
 * capability: a UUIDv7 has 74 random bits, so that with a million live carts a guesser needs 2^54 attempts
 * for one.
 */
export function isOpenTo(cart: CartHead, shopper: string | null, now: Date): boolean {
  const mayUse = cart.customerId === null || cart.customerId === shopper
  return mayUse && cart.state === 'OPEN' && cart.expiresAt > now
}
