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

export type CouponUser = { readonly couponId: string; readonly customerId: string }

export const useKey = ({ couponId, customerId }: CouponUser) => `${couponId} ${customerId}`

/** The number of each customer's orders that use each coupon, by `useKey`; pairs without any are missing. */
export async function usesOf(db: Db, users: readonly CouponUser[]): Promise<ReadonlyMap<string, number>> {
  if (users.length === 0) return new Map()
  const groups = await db.couponRedemption.groupBy({
    by: ['couponId', 'customerId'],
    where: { OR: users.map(({ couponId, customerId }) => ({ couponId, customerId })), releasedAt: null },
    _count: true,
  })
  return new Map(groups.map((group) => [useKey(group), group._count]))
}

/** A coupon with this customer's number of uses; null if it does not exist for the customer. A guest has none. */
export async function heldCoupon(
  db: Db,
  where: { id: string } | { code: string },
  customerId: string | null,
): Promise<HeldCoupon | null> {
  const [coupon] = await findCoupons(db, { where })
  if (!coupon || !isOpenToCustomer(coupon, customerId)) return null
  const user = { couponId: coupon.id, customerId: customerId ?? '' }
  const uses = coupon.usageLimitPerCustomer !== null && customerId ? await usesOf(db, [user]) : null
  return { coupon, usedByCustomer: uses?.get(useKey(user)) ?? 0 }
}
