// Tested in ../cart.int.test.ts: its transactions need a database.

import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import type { Currency } from '@argyle/kit/money'
import { type Allowance, addressBucket, type Throttle } from '@argyle/kit/throttle'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type ValidationError,
  type VersionConflictError,
  versionConflict,
} from '@argyle/kit/user-errors'
import { type Guesser, throttleCode } from '../coupon/coupon-guesses.ts'
import { heldCoupon } from '../coupon/coupon-reads.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { atomically, type Tx } from '../transaction.ts'
import { addLine, type Cart, type CartHead, inCurrency } from './cart.ts'
import { isOpenTo, touched } from './cart-life.ts'
import { deleteExpired, type LockedCart, lockCart, lockOwnCart, saveCart, withLines } from './cart-rows.ts'
import { type CouponNotApplicableError, putCoupon } from './coupon-on-cart.ts'
import { merge, mergedCurrency } from './merge.ts'
import { offersOf, type StoredLine } from './offers.ts'
import { type Act, openOrBegin, ownCart, save } from './own-cart.ts'
import type { InsufficientStockError } from './stock-check.ts'

export type CartError =
  | CouponNotApplicableError
  | IdempotencyKeyReusedError
  | InsufficientStockError
  | ValidationError
  | VersionConflictError

/** A cart with the version that the caller read. */
export type CartVersion = { readonly cartId: string; readonly expectedVersion: number }

export type NewLine = {
  readonly idempotencyKey: string
  readonly cartId: string | null
  readonly expectedVersion: number | null
  readonly variantId: string
  readonly quantity: number
  readonly currencyCode: Currency | null
}

/** Limit of new carts of guests from one address: 200 at once, then one in 20 s. A cart is kept for 30 days. */
export const CARTS_PER_ADDRESS: Allowance = { burst: 200, everyMs: 20_000 }

/** Maximum number of carts that one statement of the sweep deletes. */
export const SWEEP = 500

function opened(cart: CartHead | null, act: Act, id: string): Decision<CartHead, ValidationError> {
  return cart && isOpenTo(cart, act.shopper, act.now)
    ? accept(cart)
    : refuse(notFound('open cart', id, ['cartId']))
}

/** Locks the cart that an addition names, else the shopper's own; null if there is none. */
async function lockTarget(tx: Tx, { shopper }: Act, { cartId }: NewLine): Promise<CartHead | null> {
  if (cartId) return lockCart(tx, cartId)
  return shopper === null ? null : lockOwnCart(tx, shopper)
}

/** Receives a cart as a transaction saved it, with its lines. */
export type ShowCart = (cart: CartHead, lines: readonly StoredLine[]) => void

/** @param target the locked cart that the line goes to; null for a new one, which gets the id `freshId` */
async function enter(
  tx: Tx,
  act: Act,
  line: NewLine,
  { target, freshId, show }: { target: CartHead | null; freshId: string; show: ShowCart },
): Promise<Decision<string, CartError>> {
  const { cartId, expectedVersion, variantId, quantity, currencyCode } = line
  const fresh = { id: freshId, currency: currencyCode ?? 'USD', isCounted: true }
  const found = cartId ? opened(target, act, cartId) : accept(await openOrBegin(tx, act, target, fresh))
  if (!found.ok) return found
  const { version } = found.value
  if (expectedVersion !== null && expectedVersion !== version)
    return refuse(versionConflict(expectedVersion, version))
  const { cart, lines } = await withLines(tx, found.value)
  const based = inCurrency(cart, currencyCode)
  if (!based.ok) return based
  // Only an empty cart changes its currency, so the offers of its lines remain valid.
  const offers = new Map(lines.map(({ offer }) => [offer.variantId, offer]))
  const offer =
    offers.get(variantId) ?? (await offersOf(tx, [variantId], based.value.currency)).get(variantId)
  if (!offer) throw new Error(`no offer row for ${variantId}`)
  const decision = addLine(based.value, { offer, quantity, newLineId: newId('cln') })
  if (!decision.ok) return decision
  const after = touched(decision.value, act.now)
  await saveCart(tx, cart, after)
  offers.set(variantId, offer)
  show(
    after,
    after.lines.flatMap(({ variantId: of, ...kept }) => {
      const found = offers.get(of)
      return found ? [{ ...kept, cartId: after.id, offer: found }] : []
    }),
  )
  return accept(after.id)
}

/**
 * Locks the guest cart before the customer's own, as every claim does, so that two claims cannot deadlock.
 */
async function absorb(
  tx: Tx,
  act: Act & { shopper: string },
  cartId: string,
): Promise<Decision<string, CartError>> {
  const guest = await lockCart(tx, cartId)
  const isMine = guest !== null && (guest.claimedBy ?? guest.customerId) === act.shopper
  if (guest && isMine) return accept((await ownCart(tx, act, guest.currency)).id)
  if (!guest || !isOpenTo(guest, null, act.now)) return refuse(notFound('guest cart', cartId, ['cartId']))
  const theirs = (await withLines(tx, guest)).cart
  const own = (await withLines(tx, await ownCart(tx, act, guest.currency))).cart
  const variantIds = theirs.lines.map(({ variantId }) => variantId)
  const currency = mergedCurrency(own, theirs)
  const offers = await offersOf(tx, variantIds, currency)
  const merged = merge(own, theirs, { offers, newLineId: () => newId('cln') })
  if (!merged.ok) return merged
  await saveCart(tx, theirs, {
    ...theirs,
    state: 'CLAIMED',
    claimedBy: act.shopper,
    version: theirs.version + 1,
  })
  return save(tx, own, merged.value, act)
}

/** The transactions of carts: lock, load, decide, save. They accept the id of the cart to show. */
export function cartStore(prisma: PrismaClient, clock: Clock, throttle: Throttle) {
  const actOf = <S extends string | null>(shopper: S) => ({ shopper, now: clock() })

  /** Changes a cart if it has the version that the caller read. An unchanged cart is not saved. */
  function change(
    shopper: string | null,
    { cartId, expectedVersion }: CartVersion,
    decide: (locked: LockedCart, tx: Tx) => Decision<Cart, CartError> | Promise<Decision<Cart, CartError>>,
  ): Promise<Decision<string, CartError>> {
    const act = actOf(shopper)
    return atomically(prisma, async (tx) => {
      const found = opened(await lockCart(tx, cartId), act, cartId)
      if (!found.ok) return found
      const { version } = found.value
      if (version !== expectedVersion) return refuse(versionConflict(expectedVersion, version))
      const locked = await withLines(tx, found.value)
      const decision = await decide(locked, tx)
      return decision.ok ? save(tx, locked.cart, decision.value, act) : decision
    })
  }

  return {
    change,

    /**
     * Adds to the named cart, else to the shopper's own, else to a new one. Once per idempotency key. The cart is
     * locked before the key is claimed, so that the key's row has the cart's id at once.
     * @throws GraphQLError RATE_LIMITED
     */
    async add(
      { shopper, clientAddress }: Pick<Guesser, 'shopper' | 'clientAddress'>,
      line: NewLine,
      show: ShowCart,
    ): Promise<Decision<string, CartError>> {
      const isNew = shopper === null && line.cartId === null
      const bucket = addressBucket('guest-cart', clientAddress)
      if (isNew) await throttle.take(bucket, CARTS_PER_ADDRESS)
      const freshId = newId('crt')
      const principal = shopper ?? line.cartId ?? 'guest'
      const of = { principal, mutation: 'addCartLine', key: line.idempotencyKey, request: line }
      const decision = await atomically(prisma, async (tx) => {
        const act = actOf(shopper)
        const target = await lockTarget(tx, act, line)
        const answer = target?.id ?? freshId
        return idempotent(tx, { ...of, answer }, () => enter(tx, act, line, { target, freshId, show }))
      })
      // Neither a refused line nor a repeated key creates a cart.
      if (isNew && !(decision.ok && decision.value === freshId))
        await throttle.giveBack(bucket, CARTS_PER_ADDRESS)
      return decision
    },

    /** Merges a guest cart into the customer's own. Repeating it changes nothing. */
    claim(
      customerId: string,
      request: { idempotencyKey: string; cartId: string },
    ): Promise<Decision<string, CartError>> {
      const claim = { principal: customerId, mutation: 'claimCart', key: request.idempotencyKey, request }
      return atomically(prisma, (tx) =>
        idempotent(tx, claim, () => absorb(tx, actOf(customerId), request.cartId)),
      )
    },

    /** Applies a coupon to a cart. Failed codes are counted. @throws GraphQLError RATE_LIMITED */
    applyCoupon(
      { shopper, clientAddress }: Pick<Guesser, 'shopper' | 'clientAddress'>,
      request: CartVersion & { code: string },
    ): Promise<Decision<string, CartError>> {
      const { code, cartId } = request
      return throttleCode(throttle, { shopper, clientAddress, cartId }, () =>
        change(shopper, request, async ({ cart, lines }, tx) => {
          const held = await heldCoupon(tx, { code }, cart.customerId)
          return putCoupon(cart, lines, { code, held, now: clock() })
        }),
      )
    },

    /** Deletes expired carts. */
    async sweep(): Promise<void> {
      while ((await deleteExpired(prisma, clock(), SWEEP)) === SWEEP);
    },
  }
}

export type CartStore = ReturnType<typeof cartStore>
