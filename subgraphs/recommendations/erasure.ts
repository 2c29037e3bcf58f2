// Tested in erasure.int.test.ts: the test checks what is recommended.

import type { Erase } from '@argyle/kit/deleted-users'

const MARK = `
INSERT INTO stale_product (source, product_id, event_at)
SELECT DISTINCT 'PURCHASE', product_id, $2::timestamptz FROM purchase WHERE buyer_id = $1 ORDER BY 2`

/** The closed orders remain without their buyer, so that a repeated message does not add them again. */
const CLOSE = 'UPDATE known_order SET is_closed = true, buyer_id = NULL WHERE buyer_id = $1'

const REMOVE = 'DELETE FROM purchase WHERE buyer_id = $1'

/**
 * Erases everything that is stored about an account. Its purchases no longer count in the lists of products,
 * which are derived again.
 */
export const eraseBuyer: Erase = async (tx, buyerId, now) => {
  await tx.$executeRawUnsafe(MARK, buyerId, now)
  await tx.$executeRawUnsafe(CLOSE, buyerId)
  await tx.$executeRawUnsafe(REMOVE, buyerId)
  return false
}
