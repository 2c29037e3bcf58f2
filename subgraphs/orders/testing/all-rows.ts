import type { PrismaClient } from '../generated/prisma/client.ts'

const TABLES = [
  'tax_country',
  'tax_rate',
  'tax_assignment',
  'audit_entry',
  'cart',
  'cart_line',
  'coupon',
  'coupon_amount',
  'coupon_redemption',
  'orders',
  'order_line',
  'order_status_change',
  'outbox_message',
  'idempotency_record',
]

/** All rows that a mutation can change, as JSON. */
export async function allRows(prisma: PrismaClient): Promise<string> {
  const rows = TABLES.map((table) =>
    prisma.$queryRawUnsafe(`SELECT to_jsonb(t) FROM ${table} t ORDER BY to_jsonb(t)::text`),
  )
  return JSON.stringify(await Promise.all(rows))
}
