// Tested in ../recategorised.int.test.ts: its transactions need a database.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { earliest, markUsers } from './customer-copies.ts'

/** Buyers that one transaction marks. */
export const BUYERS_AT_ONCE = 2_000
/** Products whose buyers one transaction reads. */
export const PRODUCTS_AT_ONCE = 50

// Rows are locked in the order of ids, which prevents deadlocks. If a product is queued already, its buyers
// are marked again from the first.
const QUEUE = `
INSERT INTO recategorised_product AS queued (product_id, due_at)
SELECT product_id, $2::timestamptz FROM unnest($1::text[]) AS changed (product_id) ORDER BY product_id
ON CONFLICT (product_id) DO UPDATE SET through = '', due_at = LEAST(queued.due_at, EXCLUDED.due_at)`

// Products that a previous transaction has begun come first.
const NEXT = `
SELECT product_id AS "productId", through, due_at AS "dueAt" FROM recategorised_product
 ORDER BY through DESC, product_id LIMIT ${PRODUCTS_AT_ONCE} FOR UPDATE SKIP LOCKED`
const BUYERS = `
SELECT DISTINCT buyer FROM sale WHERE product_ids && $1::text[] AND buyer > $2 ORDER BY buyer LIMIT ${BUYERS_AT_ONCE}`
const CONTINUE = 'UPDATE recategorised_product SET through = $2 WHERE product_id = ANY($1::text[])'
const FINISH = 'DELETE FROM recategorised_product WHERE product_id = ANY($1::text[])'

type Queued = { readonly productId: string; readonly through: string; readonly dueAt: Date }

/** Queues products whose category has changed, so that a timer marks the customers who bought them. */
export async function queueBuyersOf(
  tx: Tx,
  productIds: readonly string[],
  messages: readonly Envelope[],
): Promise<void> {
  if (productIds.length > 0) await tx.$executeRawUnsafe(QUEUE, [...productIds], earliest(messages))
}

/** Marks the next buyers of the next products. Resolves to whether there were products. */
async function markNext(tx: Tx): Promise<boolean> {
  const rows = await tx.$queryRawUnsafe<Queued[]>(NEXT)
  const [first] = rows
  if (!first) return false
  const group = rows.filter(({ through }) => through === first.through)
  const productIds = group.map(({ productId }) => productId)
  const found = await tx.$queryRawUnsafe<{ buyer: string }[]>(BUYERS, productIds, first.through)
  const userIds = found.map(({ buyer }) => buyer)
  const dueAt = new Date(Math.min(...group.map((row) => row.dueAt.getTime())))
  await markUsers(tx, userIds, dueAt)
  const last = userIds.at(-1)
  if (last !== undefined && userIds.length === BUYERS_AT_ONCE)
    await tx.$executeRawUnsafe(CONTINUE, productIds, last)
  else await tx.$executeRawUnsafe(FINISH, productIds)
  return true
}

/** Marks the buyers of all queued products for evaluation, in batches. Any number of replicas share the work. */
export async function markBuyers(prisma: Pick<PrismaClient, '$transaction'>): Promise<void> {
  while (await prisma.$transaction(markNext));
}
