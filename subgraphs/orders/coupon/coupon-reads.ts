// Tested in ../coupon.int.test.ts: its statements need a database.

import type { Currency } from '@argyle/kit/money'
import type { HeldCoupon } from '../cart/pricing.ts'
import type { Prisma } from '../generated/prisma/client.ts'
import type { Tx } from '../transaction.ts'
import { type Coupon, type Discount, isOpenToCustomer, type PerCurrency } from './coupon.ts'

type Db = Pick<Tx, 'coupon' | 'couponRedemption'>
type CouponRow = Prisma.CouponGetPayload<{ include: { amounts: true } }>

function perCurrency(amounts: readonly { currency: Currency; minor: bigint | null }[]): PerCurrency {
  return Object.fromEntries(
    amounts.flatMap(({ currency, minor }) => (minor === null ? [] : [[currency, minor]])),
  )
}

function couponOf({ amounts, basisPoints, ...row }: CouponRow): Coupon {
  const off = perCurrency(amounts.map(({ currency, offMinor }) => ({ currency, minor: offMinor })))
  const minimums = perCurrency(
    amounts.map(({ currency, minimumMinor }) => ({ currency, minor: minimumMinor })),
  )
  const discount: Discount = basisPoints === null ? { kind: 'FIXED', off } : { kind: 'PERCENT', basisPoints }
  return { ...row, discount, minimums }
}

/** Coupons with their amounts in one statement, newest first. */
export async function findCoupons(
  db: Db,
  query: { where?: Prisma.CouponWhereInput; take?: number },
): Promise<Coupon[]> {
  const rows = await db.coupon.findMany({
    ...query,
    include: { amounts: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    relationLoadStrategy: 'join',
  })
  return rows.map(couponOf)
}

type CouponUser = { readonly couponId: string; readonly customerId: string }

const useKey = ({ couponId, customerId }: CouponUser) => `${couponId} ${customerId}`

/** The number of each customer's orders that use each coupon, by `useKey`; pairs without any are missing. */
async function usesOf(db: Db, users: readonly CouponUser[]): Promise<ReadonlyMap<string, number>> {
  if (users.length === 0) return new Map()
  const groups = await db.couponRedemption.groupBy({
    by: ['couponId', 'customerId'],
    where: { OR: users.map(({ couponId, customerId }) => ({ couponId, customerId })), releasedAt: null },
    _count: true,
  })
  return new Map(groups.map((group) => [useKey(group), group._count]))
}

/** A coupon, and who would use it: a customer, `redeemerOf` a guest, or null while the guest is unknown. */
type CouponHolder = { readonly coupon: Coupon; readonly customerId: string | null }

/**
 * Coupons with all that they are judged by, in the order of the holders; null where the coupon does not exist for
 * the holder. One statement if uses must be counted, else none.
 */
export async function heldCoupons(db: Db, holders: readonly CouponHolder[]): Promise<(HeldCoupon | null)[]> {
  const counted = holders.flatMap(({ coupon, customerId }) =>
    coupon.usageLimitPerCustomer !== null && customerId !== null && isOpenToCustomer(coupon, customerId)
      ? [{ couponId: coupon.id, customerId }]
      : [],
  )
  const uses = await usesOf(db, counted)
  return holders.map(({ coupon, customerId }) => {
    if (!isOpenToCustomer(coupon, customerId)) return null
    return {
      coupon,
      usedByCustomer: uses.get(useKey({ couponId: coupon.id, customerId: customerId ?? '' })) ?? 0,
    }
  })
}

/** A coupon as the cart or order of a customer holds it; null if it does not exist for the customer. */
export async function heldCoupon(
  db: Db,
  where: { id: string } | { code: string },
  customerId: string | null,
): Promise<HeldCoupon | null> {
  const [coupon] = await findCoupons(db, { where })
  const [held] = coupon ? await heldCoupons(db, [{ coupon, customerId }]) : []
  return held ?? null
}
