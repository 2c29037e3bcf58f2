// Tested in ../coupon.int.test.ts: its transactions need a database.

import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import type { Page } from '@argyle/kit/connection'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import { CURRENCIES } from '@argyle/kit/money'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type UserError,
  type ValidationError,
  type VersionConflictError,
  versionConflict,
} from '@argyle/kit/user-errors'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { keysetBefore } from '../keyset.ts'
import { atomically, type Tx } from '../transaction.ts'
import type { Coupon } from './coupon.ts'
import { findCoupons } from './coupon-reads.ts'

/** The terms that staff set; everything else of a coupon is given by the shop. */
export type NewCoupon = Omit<
  Coupon,
  'id' | 'customerId' | 'timesUsed' | 'active' | 'version' | 'createdAt'
> & { readonly idempotencyKey: string }

export type CouponCodeTakenError = UserError & { readonly __typename: 'CouponCodeTakenError' }
export type CreateCouponError = CouponCodeTakenError | IdempotencyKeyReusedError
export type DeactivateCouponError = ValidationError | VersionConflictError

function amountRows(couponId: string, { discount, minimums }: NewCoupon) {
  return CURRENCIES.flatMap((currency) => {
    const offMinor = discount.kind === 'FIXED' ? (discount.off[currency] ?? null) : null
    const minimumMinor = minimums[currency] ?? null
    return offMinor === null && minimumMinor === null ? [] : [{ couponId, currency, offMinor, minimumMinor }]
  })
}

async function insert(
  tx: Tx,
  coupon: NewCoupon,
  { actorId, now }: { actorId: string; now: Date },
): Promise<Decision<string, CouponCodeTakenError>> {
  const { idempotencyKey: _, ...after } = coupon
  const { discount, minimums: __, ...columns } = after
  const id = newId('cpn')
  const basisPoints = discount.kind === 'PERCENT' ? discount.basisPoints : null
  const row = { id, ...columns, basisPoints, createdAt: now }
  const { count } = await tx.coupon.createMany({ data: [row], skipDuplicates: true })
  if (count === 0) {
    const message = `code is "${coupon.code}": allowed is one that no other coupon has`
    return refuse({ __typename: 'CouponCodeTakenError', message, path: ['code'] })
  }
  await tx.couponAmount.createMany({ data: amountRows(id, coupon) })
  await recordChange(tx, { actorId, action: 'createCoupon', subjectId: id, before: null, after, at: now })
  return accept(id)
}

/**
 * The transactions of coupons that staff create. The transaction of an order counts their uses: see
 * order-rows.ts.
 */
export function couponStore(prisma: PrismaClient, clock: Clock) {
  return {
    /** Creates a coupon, once per idempotency key. Accepts its id. */
    create(staffId: string, coupon: NewCoupon): Promise<Decision<string, CreateCouponError>> {
      const claim = {
        principal: staffId,
        mutation: 'createCoupon',
        key: coupon.idempotencyKey,
        request: coupon,
      }
      return atomically(prisma, (tx) =>
        idempotent(tx, claim, () => insert(tx, coupon, { actorId: staffId, now: clock() })),
      )
    },

    /** Ends a coupon. One that has ended is not changed. Accepts its id. */
    async deactivate(
      staffId: string,
      id: string,
      expectedVersion: number,
    ): Promise<Decision<string, DeactivateCouponError>> {
      const ended = await prisma.$transaction(async (tx) => {
        const { count } = await tx.coupon.updateMany({
          where: { id, version: expectedVersion, active: true },
          data: { active: false, version: { increment: 1 } },
        })
        if (count === 0) return false
        const change = { actorId: staffId, action: 'deactivateCoupon', subjectId: id, at: clock() }
        await recordChange(tx, { ...change, before: { active: true }, after: { active: false } })
        return true
      })
      if (ended) return accept(id)
      const [coupon] = await findCoupons(prisma, { where: { id } })
      if (!coupon) return refuse(notFound('coupon', id, ['couponId']))
      if (coupon.version !== expectedVersion) return refuse(versionConflict(expectedVersion, coupon.version))
      return accept(id)
    },

    async byId(id: string): Promise<Coupon | null> {
      const [coupon] = await findCoupons(prisma, { where: { id } })
      return coupon ?? null
    },

    async byCode(code: string): Promise<Coupon | null> {
      const [coupon] = await findCoupons(prisma, { where: { code } })
      return coupon ?? null
    },

    /** A page of coupons, newest first: up to `first + 1` rows. */
    page(page: Page): Promise<Coupon[]> {
      return findCoupons(prisma, {
        where: { AND: [keysetBefore('createdAt', 'cpn', page), { customerId: null }] },
        take: page.first + 1,
      })
    },
  }
}

export type CouponStore = ReturnType<typeof couponStore>
