import type { TransactionOf } from '@argyle/kit/database'
import type { NewEvent } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { executeLater } from '@argyle/kit/later'
import { appendEvents } from '@argyle/kit/outbox'
import { type Allotment, allocateLines, mergeLines } from './allocation.ts'
import { claimantOf } from './claim-store.ts'
import type { ReserveCommand } from './commands.ts'
import { type Allocation, type Particulars, reservationEvent } from './events.ts'
import { Prisma, type PrismaClient } from './generated/prisma/client.ts'
import type { ReservationStatus } from './generated/prisma/enums.ts'
import { type Command, decide, type Ending, end, hold, type Reservation } from './reservation.ts'
import { lockLevels, saveLevels } from './stock-keeping.ts'

type Tx = TransactionOf<PrismaClient>

// All transactions lock the reservation before the levels. One lock order prevents deadlocks.

/**
 * Inserts the reservation of a new order. Of two concurrent messages about one order, the second waits at the
 * unique index for the first to commit.
 * @returns false if the order has a reservation already
 */
async function insert(tx: Tx, { id, orderId, customerId, status, expiresAt }: Reservation): Promise<boolean> {
  const inserted = await tx.$executeRaw`
    INSERT INTO reservation (id, order_id, customer_id, status, expires_at)
    VALUES (${id}, ${orderId}, ${customerId}, ${status}::reservation_status, ${expiresAt}::timestamptz)
    ON CONFLICT (order_id) DO NOTHING`
  return inserted === 1
}

const columns = Prisma.sql`
  id, order_id AS "orderId", customer_id AS "customerId", status, expires_at AS "expiresAt", shortages, version`

/** Locks the reservation of an order; null if there is none. */
export async function lockReservation(tx: Tx, orderId: string): Promise<Reservation | null> {
  const [row] = await tx.$queryRaw<Reservation[]>`
    SELECT ${columns} FROM reservation WHERE order_id = ${orderId} FOR UPDATE`
  return row ?? null
}

/** The statement that changes a reservation, and the message with its new state. */
export function stateChange(
  before: Reservation,
  change: Partial<Reservation>,
  as: ReservationStatus,
  particulars: Particulars = {},
): { readonly beside: Prisma.Sql; readonly event: NewEvent } {
  const after = { ...before, ...change, version: before.version + 1 }
  const beside = Prisma.sql`
    UPDATE reservation SET status = ${after.status}::reservation_status, version = ${after.version} WHERE id = ${after.id}`
  return { beside, event: reservationEvent(after, as, particulars) }
}

/** Increments the version of an unchanged reservation. Returns the message with its current state. */
export async function nextAnswer(
  tx: Tx,
  reservation: Reservation,
  as: ReservationStatus,
  particulars: Particulars = {},
): Promise<NewEvent> {
  const { beside, event } = stateChange(reservation, {}, as, particulars)
  await executeLater(tx, beside)
  return event
}

type LineRow = Allocation & { readonly stockLevelId: string; readonly restocked: number }

/** The units of a reservation at each level, by warehouse. */
export function reservedLines(tx: Tx, reservationId: string): Promise<LineRow[]> {
  return tx.$queryRaw<LineRow[]>`
    SELECT line.stock_level_id AS "stockLevelId", line.quantity, line.restocked, level.variant_id AS "variantId",
           level.warehouse_id AS "warehouseId", warehouse.code AS "warehouseCode"
      FROM reservation_line line
      JOIN stock_level level ON level.id = line.stock_level_id
      JOIN warehouse ON warehouse.id = level.warehouse_id
     WHERE line.reservation_id = ${reservationId} ORDER BY warehouse.code, level.variant_id, level.id`
}

function allocationsOf(lines: readonly LineRow[]): Allocation[] {
  return lines.map(({ warehouseId, warehouseCode, variantId, quantity }) => {
    return { warehouseId, warehouseCode, variantId, quantity }
  })
}

async function finish(tx: Tx, reservation: Reservation, to: Ending, now: Date): Promise<NewEvent[]> {
  const lines = await reservedLines(tx, reservation.id)
  const locked = await lockLevels(
    tx,
    lines.map((line) => line.variantId),
  )
  const byId = new Map(locked.map((level) => [level.id, level]))
  const held = lines.flatMap(({ stockLevelId, quantity }): Allotment[] => {
    const level = byId.get(stockLevelId)
    return level ? [{ level, quantity }] : []
  })
  const { beside, event } = stateChange(reservation, { status: to }, to, {
    allocations: allocationsOf(lines),
  })
  return [event, ...(await saveLevels(tx, locked, end(reservation.orderId, held, to), { now, beside }))]
}

/** Answers with the current state of a reservation. */
export async function repeatAnswer(tx: Tx, reservation: Reservation, as: ReservationStatus): Promise<void> {
  const allocations = as === 'COMMITTED' ? allocationsOf(await reservedLines(tx, reservation.id)) : undefined
  await appendEvents(tx, [await nextAnswer(tx, reservation, as, allocations ? { allocations } : {})])
}

/** Executes a verdict on a locked reservation and appends the answer. */
async function obey(tx: Tx, reservation: Reservation | null, command: Command, orderId: string, now: Date) {
  const verdict = decide(reservation?.status ?? null, command)
  // The table of verdicts returns ANSWER and END only for existing reservations.
  if (reservation && verdict.does === 'answer') return repeatAnswer(tx, reservation, verdict.as)
  if (reservation && verdict.does === 'end') {
    return appendEvents(tx, await finish(tx, reservation, verdict.to, now))
  }
  throw tooEarly(command, orderId, reservation)
}

/** The error that causes a command to be delivered again later. */
export function tooEarly(command: Command, orderId: string, reservation: Reservation | null): Error {
  return new Error(
    `${command} for ${orderId}, whose reservation ${reservation ? `is ${reservation.status}` : 'does not exist'}`,
  )
}

/**
 * Reserves every line of an order, or none and reports the shortages. A repeated command, under any message
 * id, is answered again and reserves nothing more.
 */
export async function reserve(tx: Tx, command: ReserveCommand, now: Date): Promise<void> {
  const { orderId, ttlSeconds } = command
  const reservation: Reservation = {
    id: newId('res'),
    orderId,
    customerId: command.customerId ?? (await claimantOf(tx, orderId)),
    status: 'HELD',
    expiresAt: new Date(now.getTime() + ttlSeconds * 1_000),
    shortages: null,
    version: 1,
  }
  if (!(await insert(tx, reservation)))
    return obey(tx, await lockReservation(tx, orderId), 'reserve', orderId, now)
  const lines = mergeLines(command.lines)
  const locked = await lockLevels(
    tx,
    lines.map((line) => line.variantId),
  )
  const decision = allocateLines(lines, locked)
  if (!decision.ok) return reject(tx, { ...reservation, shortages: decision.errors })
  const levels = decision.value.map(({ level }) => level.id)
  const quantities = decision.value.map(({ quantity }) => quantity)
  const beside = Prisma.sql`
    INSERT INTO reservation_line (reservation_id, stock_level_id, quantity)
    SELECT ${reservation.id}, l.id, l.quantity FROM unnest(${levels}::text[], ${quantities}::int[]) AS l(id, quantity)`
  const events = await saveLevels(tx, locked, hold(orderId, decision.value), { now, beside })
  await appendEvents(tx, [reservationEvent(reservation, 'HELD'), ...events])
}

async function reject(tx: Tx, reservation: Reservation): Promise<void> {
  await executeLater(
    tx,
    Prisma.sql`
    UPDATE reservation SET status = 'REJECTED', expires_at = NULL, shortages = ${JSON.stringify(reservation.shortages)}::jsonb
     WHERE id = ${reservation.id}`,
  )
  await appendEvents(tx, [reservationEvent(reservation, 'REJECTED')])
}

/** Commits or releases the units of an order. Answers with the state of the reservation. */
export async function settle(
  tx: Tx,
  command: 'commit' | 'release',
  orderId: string,
  now: Date,
): Promise<void> {
  const reservation = await lockReservation(tx, orderId)
  if (reservation || decide(null, command).does !== 'close')
    return obey(tx, reservation, command, orderId, now)
  const tombstone: Reservation = {
    id: newId('res'),
    orderId,
    customerId: null,
    status: 'RELEASED',
    expiresAt: null,
    shortages: null,
    version: 1,
  }
  // A reserve may have been inserted meanwhile, so that there is something to release.
  if (!(await insert(tx, tombstone)))
    return obey(tx, await lockReservation(tx, orderId), command, orderId, now)
  await appendEvents(tx, [reservationEvent(tombstone, 'RELEASED')])
}

/**
 * Ends the oldest expired reservation that is not in `except`. Rows locked by other replicas are skipped.
 * @returns false if there is none
 */
export async function expireNext(
  tx: Tx,
  now: Date,
  { except, claimed }: { readonly except: readonly string[]; readonly claimed: (id: string) => void },
): Promise<boolean> {
  const [due] = await tx.$queryRaw<Reservation[]>`
    SELECT ${columns} FROM reservation WHERE status = 'HELD' AND expires_at <= ${now}::timestamptz AND id <> ALL(${except})
     ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED`
  if (!due) return false
  claimed(due.id)
  await obey(tx, due, 'expire', due.orderId, now)
  return true
}
