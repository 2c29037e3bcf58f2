// Tested in ../references.int.test.ts: the test counts their statements.
import type { Clock } from '@argyle/kit/clock'
import { loadOne } from '@argyle/kit/loader'
import { equalsAny } from '@argyle/kit/select'
import DataLoader from 'dataloader'
import { findCoupons, heldCoupons } from '../coupon/coupon-reads.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { CartHead } from './cart.ts'
import { HEAD } from './cart-rows.ts'
import { linesWithOffers, type StoredLine } from './offers.ts'
import { type HeldCoupon, type Pricing, priceCart } from './pricing.ts'

/** The coupons of carts, by cart id: one statement, two if uses must be counted. */
async function couponsOfCarts(
  prisma: PrismaClient,
  carts: readonly CartHead[],
): Promise<ReadonlyMap<string, HeldCoupon>> {
  const ids = [...new Set(carts.flatMap(({ couponId }) => couponId ?? []))]
  if (ids.length === 0) return new Map()
  const coupons = new Map(
    (await findCoupons(prisma, { where: { id: { in: ids } } })).map((row) => [row.id, row]),
  )
  const holders = carts.flatMap(({ id, couponId, customerId }) => {
    const coupon = coupons.get(couponId ?? '')
    return coupon ? [{ cartId: id, coupon, customerId }] : []
  })
  const held = await heldCoupons(prisma, holders)
  return new Map(
    holders.flatMap(({ cartId }, index) => {
      const coupon = held[index]
      return coupon ? [[cartId, coupon] as const] : []
    }),
  )
}

async function pricingsOf(prisma: PrismaClient, carts: readonly CartHead[], now: Date): Promise<Pricing[]> {
  const ids = carts.map(({ id }) => id)
  const lines = Map.groupBy(await linesWithOffers(prisma, ids), ({ cartId }) => cartId)
  const held = await couponsOfCarts(prisma, carts)
  return carts.map(({ id, currency }) => {
    return priceCart(lines.get(id) ?? [], { currency, held: held.get(id) ?? null, now })
  })
}

/** Loaders of one operation. They do not check who may see a cart: see `isOpenTo`. */
export function cartLoaders(prisma: PrismaClient, clock: Clock) {
  const cartById = loadOne(
    (ids) => prisma.$queryRaw<CartHead[]>`SELECT ${HEAD} FROM cart c WHERE c.id ${equalsAny(ids)}`,
    (cart: CartHead) => cart.id,
  )
  /** The pricing of a cart, by id and version, so that a second change in one operation is priced again. */
  const pricingByCart = new DataLoader((carts: readonly CartHead[]) => pricingsOf(prisma, carts, clock()), {
    cacheKeyFn: ({ id, version }) => `${id} ${version}`,
  })
  return {
    cartById,
    pricingByCart,
    /** Primes the loaders with a saved cart, so that the payload of a mutation reads nothing again. */
    rememberCart(cart: CartHead, lines: readonly StoredLine[]): void {
      cartById.prime(cart.id, cart)
      if (cart.couponId !== null) return
      pricingByCart.prime(cart, priceCart(lines, { currency: cart.currency, held: null, now: clock() }))
    },
    /** The open cart of a customer. */
    cartByCustomerId: loadOne(
      (ids) =>
        prisma.$queryRaw<CartHead[]>`
          SELECT ${HEAD} FROM cart c WHERE c.customer_id ${equalsAny(ids)} AND c.state = 'OPEN'`,
      (cart: CartHead) => cart.customerId ?? '',
    ),
    /** The cart of a line, by the line's id. */
    cartIdByLineId: loadOne(
      (ids) =>
        prisma.cartLine.findMany({ where: { id: { in: [...ids] } }, select: { id: true, cartId: true } }),
      (line: { id: string; cartId: string }) => line.id,
    ),
  }
}
