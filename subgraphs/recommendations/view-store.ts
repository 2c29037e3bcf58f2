// Tested in views.int.test.ts: its statements need a database.

import { createHash } from 'node:crypto'
import type { Clock } from '@argyle/kit/clock'
import { countOne } from '@argyle/kit/quarter-counts'
import { type Allowance, addressBucket, type Throttle } from '@argyle/kit/throttle'
import type { PrismaClient } from './generated/prisma/client.ts'

/** Maximum number of products that are recorded for one session. */
export const MAX_VIEWS = 100
/** Views of one client address: 300 at once, then two a second. */
export const VIEWS: Allowance = { burst: 300, everyMs: 500 }
/** Seconds within which a repeated view of a product is not recorded again. */
const REPEATED_SECONDS = 60

/** A new view changes the neighbours of all products of its session. */
const RECORD = `
WITH known AS (
  SELECT product_id FROM known_product WHERE product_id = $2 AND status = 'ACTIVE'
), seen AS (
  INSERT INTO product_view AS kept (session, product_id, at)
  SELECT $1, product_id, $3::timestamptz FROM known
   WHERE (SELECT count(*) FROM product_view WHERE session = $1 AND product_id <> $2) < ${MAX_VIEWS}
  ON CONFLICT (session, product_id) DO UPDATE SET at = EXCLUDED.at
   WHERE kept.at < EXCLUDED.at - interval '${REPEATED_SECONDS} seconds'
  RETURNING product_id
), counted AS (${countOne('$3::timestamptz', 'EXISTS (SELECT FROM seen)')}
), marked AS (
  INSERT INTO stale_product (source, product_id, event_at)
  SELECT 'VIEW', product_id, $3::timestamptz FROM seen
  UNION SELECT 'VIEW', v.product_id, $3::timestamptz FROM product_view v WHERE v.session = $1 AND EXISTS (SELECT FROM seen)
)
SELECT EXISTS (SELECT FROM known) AS "isKnown"`

type View = { readonly productId: string; readonly sessionId: string }

/** Records which products are viewed in one session of a client. Nothing links a session to an account. */
export function viewStore(prisma: PrismaClient, clock: Clock, throttle: Throttle) {
  return {
    /**
     * Records a view.
     * @returns whether the product is on sale, as far as is known here
     * @throws GraphQLError RATE_LIMITED
     */
    async record({ productId, sessionId }: View, clientAddress: string | null): Promise<boolean> {
      await throttle.take(addressBucket('view', clientAddress), VIEWS)
      const session = createHash('sha256').update(sessionId).digest('base64url')
      const [row] = await prisma.$queryRawUnsafe<{ isKnown: boolean }[]>(RECORD, session, productId, clock())
      return row?.isKnown ?? false
    },
  }
}

export type ViewStore = ReturnType<typeof viewStore>
