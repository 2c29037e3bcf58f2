import { copyApplied } from '@argyle/kit/copies'
import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { appendEvents } from '@argyle/kit/outbox'
import { z } from 'zod'

const profile = z.object({ userId: z.string(), displayName: z.string() })
const deleted = z.object({ userId: z.string() })
const product = z.object({ productId: z.string(), status: z.string() })

const REMEMBER_NAME = `
INSERT INTO author (user_id, display_name, sequence) VALUES ($1, $2, $3)
ON CONFLICT (user_id) DO UPDATE SET display_name = EXCLUDED.display_name, sequence = EXCLUDED.sequence
 WHERE author.sequence < EXCLUDED.sequence`

/**
 * users.profile.updated: the name shown beside an author's reviews. Late and repeated messages have no
 * effect.
 */
export async function rememberDisplayName(message: Envelope, tx: Tx): Promise<void> {
  const { userId, displayName } = profile.parse(message.data)
  await tx.$executeRawUnsafe(REMEMBER_NAME, userId, displayName, message.sequence)
  await appendEvents(tx, [copyApplied('reviews.author.applied', message)])
}

/** Name beside the reviews of a deleted account. */
export const FORMER_CUSTOMER = 'Former customer'

/**
 * users.account.deleted: the reviews stay without their author's name. A late `updated` has a smaller
 * sequence.
 */
export async function forgetDisplayName({ data, sequence }: Envelope, tx: Tx): Promise<void> {
  const { userId } = deleted.parse(data)
  await tx.$executeRawUnsafe(REMEMBER_NAME, userId, FORMER_CUSTOMER, sequence)
}

const REMEMBER_PRODUCT = `
INSERT INTO known_product (product_id, status, sequence) VALUES ($1, $2, $3)
ON CONFLICT (product_id) DO UPDATE SET status = EXCLUDED.status, sequence = EXCLUDED.sequence
 WHERE known_product.sequence < EXCLUDED.sequence`

/** products.product.changed: the products that can be reviewed. Late and repeated messages have no effect. */
export async function rememberProduct(message: Envelope, tx: Tx): Promise<void> {
  const { productId, status } = product.parse(message.data)
  await tx.$executeRawUnsafe(REMEMBER_PRODUCT, productId, status, message.sequence)
  await appendEvents(tx, [copyApplied('reviews.product.applied', message)])
}
