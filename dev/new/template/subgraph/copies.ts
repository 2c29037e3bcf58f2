import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { z } from 'zod'

const product = z.object({ productId: z.string(), status: z.string() })

const REMEMBER_PRODUCT = `
INSERT INTO known_product (product_id, status, sequence) VALUES ($1, $2, $3)
ON CONFLICT (product_id) DO UPDATE SET status = EXCLUDED.status, sequence = EXCLUDED.sequence
 WHERE known_product.sequence < EXCLUDED.sequence`

/** products.product.changed: the products that gadgets can refer to. Late and repeated messages have no effect. */
export async function rememberProduct({ data, sequence }: Envelope, tx: Tx): Promise<void> {
  const { productId, status } = product.parse(data)
  await tx.$executeRawUnsafe(REMEMBER_PRODUCT, productId, status, sequence)
}
