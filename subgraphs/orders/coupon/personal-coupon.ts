// Tested in ../personal-coupon.int.test.ts: a coupon is made by a message.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { idSchema } from '@argyle/kit/ids'
import { z } from 'zod'
import { codeSchema } from './coupon-input.ts'

const issue = z.object({
  couponId: idSchema('cpn'),
  code: codeSchema,
  customerId: idSchema('usr'),
  percentBasisPoints: z.int().min(1).max(10_000),
  expiresAt: z.iso.datetime(),
})

const INSERT = `
INSERT INTO coupon (id, code, customer_id, basis_points, expires_at, usage_limit, usage_limit_per_customer, created_at)
VALUES ($1, $2, $3, $4, $5::timestamptz, 1, 1, $6::timestamptz)
ON CONFLICT (id) DO NOTHING`

/** orders.issue_coupon: a coupon that one customer can use once. A repeated command has no effect. @throws for the code of another coupon */
export async function issueCoupon({ data }: Envelope, tx: Tx, now: Date): Promise<void> {
  const { couponId, code, customerId, percentBasisPoints, expiresAt } = issue.parse(data)
  await tx.$executeRawUnsafe(INSERT, couponId, code, customerId, percentBasisPoints, expiresAt, now)
}
