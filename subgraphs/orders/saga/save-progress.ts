// Tested in ../saga.int.test.ts: the store reads the rows.

import { newId } from '@argyle/kit/ids'
import { executeLater } from '@argyle/kit/later'
import { Prisma } from '../generated/prisma/client.ts'
import type { Actor } from '../generated/prisma/enums.ts'
import { documentsOf } from '../invoice/invoice.ts'
import type { Tx } from '../transaction.ts'
import { saleOf } from './evolve.ts'
import { dueAt, UNPAID_STEPS } from './outstanding.ts'
import type { Saga, Stage } from './saga.ts'
import type { Sale } from './sale.ts'

/** A step of the history in words, with the version of the order after it. */
export type Step = { readonly version: number; readonly text: string }

/** A change of status in the history. */
export type Move = { readonly version: number; readonly from: string; readonly to: string }

export type Progress = {
  readonly before: Saga
  readonly after: Saga
  readonly moves: readonly Move[]
  readonly steps: readonly Step[]
  readonly actor: Actor
  readonly now: Date
}

/** The columns that store a stage. */
function columnsOf(stage: Stage) {
  const isUndoing = stage.step === 'UNDOING'
  return {
    reservationId: 'reservationId' in stage ? stage.reservationId : null,
    cancelReason: 'cancelReason' in stage ? stage.cancelReason : null,
    payUntil: 'payUntil' in stage ? stage.payUntil : null,
    allocations: 'allocations' in stage ? JSON.stringify(stage.allocations) : null,
    undoStock: isUndoing ? stage.undo.stock : null,
    undoPayment: isUndoing ? stage.undo.payment : null,
    refundTry: isUndoing ? stage.refundTry : 1,
  }
}

/** The changed parcels and claims, as JSON. */
function changesOf(before: Sale, after: Sale) {
  const parcels = after.parcels.filter((parcel) => !before.parcels.includes(parcel))
  const claims = after.claims.flatMap((claim, position) => {
    const { refund, amountMinor, coveredMinor, coveredBy, ...rest } = claim
    const parts = coveredBy.map((part) => ({ ...part, amountMinor: String(part.amountMinor) }))
    const amounts = { amountMinor: String(amountMinor), coveredMinor: String(coveredMinor), coveredBy: parts }
    const row = { ...rest, ...amounts, position, refunded: refund === 'DONE' }
    return before.claims.includes(claim) ? [] : [row]
  })
  return { parcels: JSON.stringify(parcels), claims: JSON.stringify(claims) }
}

/**
 * Saves the progress of a saga in one statement: order, history, steps and, for a cancelled order, the use of
 * its coupon.
 */
export async function saveProgress(tx: Tx, id: string, progress: Progress): Promise<void> {
  const { before, after, moves, steps, actor, now } = progress
  const { stage, version, attempts } = after
  const { reservationId, cancelReason, payUntil, allocations, ...undo } = columnsOf(stage)
  const isCancelled = stage.status === 'CANCELLED' && before.stage.status !== 'CANCELLED'
  const sale = saleOf(after)
  const [was, is] = [saleOf(before), sale]
  if (was !== is) await saveSale(tx, id, changesOf(was, is))
  const documents = documentsOf(was, is).map(({ amountMinor, ...document }) => {
    return { ...document, id: newId('inv'), amountMinor: String(amountMinor) }
  })
  const parts = [
    ...(moves.length > 0 ? [movesOf(id, moves, { actor, now })] : []),
    ...(steps.length > 0 ? [stepsOf(id, steps, { actor, now })] : []),
    ...(documents.length > 0 ? [documentsTo(id, documents, now)] : []),
    ...(isCancelled ? [couponReleased(id, now)] : []),
  ]
  const others = parts.length > 0 ? Prisma.sql`WITH ${Prisma.join(parts, ', ')}` : Prisma.empty
  await executeLater(
    tx,
    Prisma.sql`
    ${others}
    UPDATE orders SET status = ${stage.status}::order_status, step = ${stage.step}::saga_step, version = ${version},
           attempts = ${attempts}, due_at = ${dueAt(after, now)}, cancel_reason = ${cancelReason}::cancel_reason,
           reservation_id = COALESCE(${reservationId}, reservation_id), pay_until = ${payUntil},
           allocations = COALESCE(${allocations}::jsonb, allocations), undo_stock = ${undo.undoStock},
           unpaid_key = CASE WHEN ${UNPAID_STEPS.has(stage.step)} THEN unpaid_key END,
           undo_payment = ${undo.undoPayment}, refund_try = ${undo.refundTry}, captured_minor = ${sale.capturedMinor},
           refunded_minor = ${sale.refundedMinor}, reversed_minor = ${sale.reversedMinor},
           credited_minor = ${sale.creditedMinor}, parcel_count = ${sale.parcelCount}
     WHERE id = ${id}`,
  )
}

// The parts of the statement beside the order. Parts that write nothing are left out, since each costs
// PostgreSQL some 0.1 ms.

type By = { readonly actor: Actor; readonly now: Date }

const movesOf = (id: string, moves: readonly Move[], { actor, now }: By) => Prisma.sql`
  change AS (
    INSERT INTO order_status_change (order_id, version, from_status, to_status, at, actor)
    SELECT ${id}, m.version, m."from"::order_status, m."to"::order_status, ${now}, ${actor}::actor
      FROM jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) AS m(version int, "from" text, "to" text))`

const stepsOf = (id: string, steps: readonly Step[], { actor, now }: By) => Prisma.sql`
  recorded AS (
    INSERT INTO order_step (order_id, version, at, actor, text)
    SELECT ${id}, s.version, ${now}, ${actor}::actor, s.text
      FROM jsonb_to_recordset(${JSON.stringify(steps)}::jsonb) AS s(version int, text text)
     WHERE NOT EXISTS (SELECT 1 FROM order_step k WHERE k.order_id = ${id} AND k.version = s.version AND k.text = s.text))`

const documentsTo = (id: string, documents: readonly object[], now: Date) => Prisma.sql`
  billed AS (
    INSERT INTO invoice (id, order_id, kind, reason, amount_minor, made_at)
    SELECT d.id, ${id}, d.kind::invoice_kind, d.reason, d."amountMinor", ${now}
      FROM jsonb_to_recordset(${JSON.stringify(documents)}::jsonb) AS d(id text, kind text, reason text, "amountMinor" bigint)
    ON CONFLICT (order_id, kind, reason) DO NOTHING)`

const couponReleased = (id: string, now: Date) => Prisma.sql`
  released AS (
    UPDATE coupon_redemption SET released_at = ${now} WHERE order_id = ${id} AND released_at IS NULL RETURNING coupon_id),
  uncounted AS (UPDATE coupon SET times_used = times_used - 1 WHERE id IN (SELECT coupon_id FROM released))`

async function saveSale(
  tx: Tx,
  id: string,
  { parcels, claims }: { parcels: string; claims: string },
): Promise<void> {
  if (parcels === '[]' && claims === '[]') return
  await executeLater(
    tx,
    Prisma.sql`
    WITH parcel AS (
      INSERT INTO order_parcel (order_id, shipment_id, state)
      SELECT ${id}, p."shipmentId", p.state::parcel_state
        FROM jsonb_to_recordset(${parcels}::jsonb) AS p("shipmentId" text, state text)
      ON CONFLICT (order_id, shipment_id) DO UPDATE SET state = EXCLUDED.state)
    INSERT INTO order_claim (order_id, id, position, kind, lines, amount_minor, covered_minor, covered_by, refunded, refund_try, reversals, restock, restocked)
    SELECT ${id}, c.id, c.position, c.kind::claim_kind, c.lines, c."amountMinor", c."coveredMinor", c."coveredBy", c.refunded, c."refundTry", c.reversals, c.restock, c.restocked
      FROM jsonb_to_recordset(${claims}::jsonb)
        AS c(id text, position int, kind text, lines jsonb, "amountMinor" bigint, "coveredMinor" bigint, "coveredBy" jsonb, refunded boolean, "refundTry" int, reversals int,
             restock jsonb, restocked boolean)
    ON CONFLICT (order_id, id) DO UPDATE SET amount_minor = EXCLUDED.amount_minor, covered_minor = EXCLUDED.covered_minor, covered_by = EXCLUDED.covered_by,
      refunded = EXCLUDED.refunded,
      refund_try = EXCLUDED.refund_try, reversals = EXCLUDED.reversals, restocked = EXCLUDED.restocked`,
  )
}
