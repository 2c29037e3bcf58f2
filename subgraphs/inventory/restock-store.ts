import type { TransactionOf } from '@argyle/kit/database'
import { appendEvents } from '@argyle/kit/outbox'
import type { RestockCommand } from './commands.ts'
import type { RestockedLine } from './events.ts'
import type { PrismaClient } from './generated/prisma/client.ts'
import { decide, type Reservation } from './reservation.ts'
import {
  lockReservation,
  nextAnswer,
  repeatAnswer,
  reservedLines,
  stateChange,
  tooEarly,
} from './reservation-store.ts'
import { isAllReturned, type Move, returnUnits, shelved } from './restock.ts'
import { lockLevels, saveLevels } from './stock-keeping.ts'

type Tx = TransactionOf<PrismaClient>

/** The units that were restocked with this id; null if there are none. */
async function carriedOut(tx: Tx, orderId: string, restockId: string): Promise<RestockedLine[] | null> {
  const [row] = await tx.$queryRaw<{ lines: RestockedLine[] }[]>`
    SELECT lines FROM restock WHERE order_id = ${orderId} AND restock_id = ${restockId}`
  return row?.lines ?? null
}

/** Records the return and its units. */
async function writeRestock(
  tx: Tx,
  { orderId, id }: Reservation,
  { restockId, lines, moves, now }: { restockId: string; lines: RestockedLine[]; moves: Move[]; now: Date },
): Promise<void> {
  const back = JSON.stringify(moves.map(({ from, quantity }) => ({ from, quantity })))
  await tx.$executeRaw`
    WITH noted AS (
      INSERT INTO restock (order_id, restock_id, lines, at)
      VALUES (${orderId}, ${restockId}, ${JSON.stringify(lines)}::jsonb, ${now}::timestamptz))
    UPDATE reservation_line AS line SET restocked = line.restocked + back.units
      FROM (SELECT "from", sum(quantity)::int AS units
              FROM jsonb_to_recordset(${back}::jsonb) AS move("from" text, quantity int) GROUP BY 1) AS back
     WHERE line.reservation_id = ${id} AND line.stock_level_id = back."from"`
}

/** Restocks units of a sold order, once per return. Answers with the restocked units. */
export async function restock(
  tx: Tx,
  { orderId, restockId, lines: returned }: RestockCommand,
  now: Date,
): Promise<void> {
  const reservation = await lockReservation(tx, orderId)
  const verdict = decide(reservation?.status ?? null, 'restock')
  if (reservation && verdict.does === 'answer') return repeatAnswer(tx, reservation, verdict.as)
  if (!reservation || verdict.does !== 'take back') throw tooEarly('restock', orderId, reservation)
  const before = await carriedOut(tx, orderId, restockId)
  if (before) {
    const again = { restock: { restockId, lines: before } }
    return appendEvents(tx, [await nextAnswer(tx, reservation, 'RESTOCKED', again)])
  }
  const sold = await reservedLines(tx, reservation.id)
  const locked = await lockLevels(
    tx,
    sold.map((line) => line.variantId),
  )
  const moves = returnUnits(sold, returned ?? null, locked)
  const lines = moves.map(({ to: { variantId, warehouseId }, quantity }) => {
    return { variantId, quantity, warehouseId }
  })
  await writeRestock(tx, reservation, { restockId, lines, moves, now })
  const status = isAllReturned(sold, moves) ? 'RESTOCKED' : reservation.status
  const { beside, event } = stateChange(reservation, { status }, 'RESTOCKED', {
    restock: { restockId, lines },
  })
  await appendEvents(tx, [event, ...(await saveLevels(tx, locked, shelved(orderId, moves), { now, beside }))])
}
