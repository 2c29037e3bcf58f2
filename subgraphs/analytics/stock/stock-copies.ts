// Tested in ../stock-turn.int.test.ts: the test delivers messages.

import type { Tx } from '@argyle/kit/database'
import type { Envelope } from '@argyle/kit/envelope'
import { z } from 'zod'

const counted = z.object({
  quarter: z.iso.datetime(),
  onHandDelta: z.int(),
  movements: z.int().positive(),
})

// The newest sum of each quarter first, since one statement may not write a row twice.
const SAVE = `
INSERT INTO stock_change AS kept (quarter, on_hand_delta, movements)
SELECT DISTINCT ON (quarter) quarter, "onHandDelta", movements
  FROM jsonb_to_recordset($1::jsonb) AS incoming(quarter timestamptz, "onHandDelta" int, movements int)
 ORDER BY quarter, movements DESC
ON CONFLICT (quarter) DO UPDATE SET on_hand_delta = EXCLUDED.on_hand_delta, movements = EXCLUDED.movements
 WHERE kept.movements < EXCLUDED.movements`

/** inventory.stock.counted: the units on hand. A quarter has no fewer entries than before, so that the most are the newest. */
export async function rememberStock(messages: readonly Envelope[], tx: Tx): Promise<void> {
  const rows = messages.map(({ data }) => counted.parse(data))
  await tx.$executeRawUnsafe(SAVE, JSON.stringify(rows))
}
