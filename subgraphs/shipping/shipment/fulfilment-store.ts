// Tested in ../fulfilment.int.test.ts: its transactions need a database.

import type { TransactionOf } from '@argyle/kit/database'
import { newId } from '@argyle/kit/ids'
import { executeLater } from '@argyle/kit/later'
import { appendEvents } from '@argyle/kit/outbox'
import type { CreateCommand, Parcel } from '../commands.ts'
import { messagesOf, type Outcome, type UnitLine } from '../events.ts'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import { claimantOf } from './claim-store.ts'
import { type Command, decide } from './decide.ts'
import { evolve, type Fact, type Fulfilment, nextCall, type Shipment } from './fulfilment.ts'

type Tx = TransactionOf<PrismaClient>

/** The schedule of a shipment's calls to the carrier. */
export type Pace = {
  readonly now: Date
  /** Interval of lookups without a webhook, in milliseconds. */
  readonly pollMs: number
}

type Row = Omit<Shipment, 'made'> & {
  readonly labelId: string | null
  readonly trackingNumber: string | null
  readonly trackingUrl: string | null
}

function shipmentOf({ labelId, trackingNumber, trackingUrl, ...row }: Row): Shipment {
  const made = labelId && trackingNumber && trackingUrl ? { labelId, trackingNumber, trackingUrl } : null
  return { ...row, made }
}

/**
 * Locks the row of an order and reads its fulfilment. Every change starts here, so the shipments of an order
 * need no locks of their own.
 */
export async function lockFulfilment(tx: Tx, orderId: string): Promise<Fulfilment | null> {
  const [row] = await tx.$queryRaw<Pick<Fulfilment, 'status' | 'version'>[]>`
    SELECT status::text AS status, version FROM fulfilment WHERE order_id = ${orderId} FOR UPDATE`
  if (!row) return null
  const shipments = await tx.$queryRaw<Row[]>`
    SELECT id, status::text, label::text, attempt, label_id AS "labelId", tracking_number AS "trackingNumber",
           tracking_url AS "trackingUrl", failure::text, dispatched_at AS "dispatchedAt", delivered_at AS "deliveredAt", version
      FROM shipment WHERE order_id = ${orderId} ORDER BY position`
  return { ...row, shipments: shipments.map(shipmentOf) }
}

/** The time of the next call to the carrier about a shipment. */
function callAt(state: Fulfilment, shipment: Shipment, { now, pollMs }: Pace): Date | null {
  const call = nextCall(state, shipment)
  if (call === null) return null
  return call === 'track' ? new Date(now.getTime() + pollMs) : now
}

/** Saves the differences. Each change resets `failures` and `refusals`. */
async function save(tx: Tx, before: Fulfilment, after: Fulfilment, orderId: string, pace: Pace) {
  const { status, version } = after
  const known = new Map(before.shipments.map((shipment) => [shipment.id, shipment]))
  const changed = after.shipments.flatMap((shipment) => {
    const was = known.get(shipment.id)
    const call = nextCall(after, shipment)
    const isSameCall = was !== undefined && nextCall(before, was) === call
    if (was?.version === shipment.version && isSameCall) return []
    // The replica that claimed a label keeps it until its lease expires.
    const keepsCall = isSameCall && call === 'label'
    return [{ ...shipment, ...shipment.made, keepsCall, callAt: callAt(after, shipment, pace) }]
  })
  await executeLater(
    tx,
    Prisma.sql`
    WITH changed AS (
      UPDATE shipment SET status = c.status, label = c.label, attempt = c.attempt, failure = c.failure,
             dispatched_at = c."dispatchedAt", delivered_at = c."deliveredAt", version = c.version, label_id = c."labelId",
             tracking_number = c."trackingNumber", tracking_url = c."trackingUrl",
             call_at = CASE WHEN c."keepsCall" THEN call_at ELSE c."callAt" END, failures = 0, refusals = 0, last_error = NULL
        FROM jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) AS c(id text, status shipment_status, label label_state,
               attempt int, failure shipment_failure, "dispatchedAt" timestamptz, "deliveredAt" timestamptz, version int,
               "labelId" text, "trackingNumber" text, "trackingUrl" text, "keepsCall" boolean, "callAt" timestamptz)
       WHERE shipment.id = c.id AND shipment.order_id = ${orderId})
    UPDATE fulfilment SET status = ${status}::fulfilment_status, version = ${version} WHERE order_id = ${orderId}`,
  )
}

/** Facts whose events contain the lines of the parcel. */
const WITH_LINES: ReadonlySet<Fact['type']> = new Set(['dispatched', 'delivered', 'failed'])

async function linesOf(tx: Tx, orderId: string, facts: readonly Fact[]): Promise<Outcome['linesOf']> {
  if (!facts.some(({ type }) => WITH_LINES.has(type))) return null
  const rows = await tx.$queryRaw<(UnitLine & { shipmentId: string })[]>`
    SELECT l.shipment_id AS "shipmentId", l.order_line_id AS "orderLineId", l.variant_id AS "variantId", l.quantity
      FROM shipment s JOIN shipment_line l ON l.shipment_id = s.id WHERE s.order_id = ${orderId}
     ORDER BY l.shipment_id, l.order_line_id`
  const byShipment = Map.groupBy(rows, ({ shipmentId }) => shipmentId)
  return (shipmentId) => (byShipment.get(shipmentId) ?? []).map(({ shipmentId: _, ...line }) => line)
}

/**
 * Decides a command on a locked fulfilment, saves it and appends the messages. @returns the state afterwards
 */
export async function handleCommand(
  tx: Tx,
  orderId: string,
  state: Fulfilment | null,
  command: Command,
  pace: Pace,
): Promise<Fulfilment | null> {
  const facts = decide(state, command)
  if (facts.length === 0 || !state) return state
  const after = evolve(state, facts)
  await save(tx, state, after, orderId, pace)
  await appendEvents(
    tx,
    messagesOf({ orderId, state: after, linesOf: await linesOf(tx, orderId, facts) }, facts),
  )
  return after
}

type NewFulfilment = Pick<Fulfilment, 'status' | 'version'> & {
  readonly orderId: string
  readonly createdAt: Date
} & Partial<
    Pick<
      CreateCommand,
      'orderNumber' | 'customerId' | 'guestProofHash' | 'carrier' | 'service' | 'email' | 'address'
    >
  >

/** Inserts the row of a new order. Of two concurrent commands, one waits at the primary key. */
async function insert(tx: Tx, row: NewFulfilment): Promise<boolean> {
  const {
    orderNumber = null,
    customerId = null,
    guestProofHash = null,
    carrier = null,
    service = null,
    email = null,
  } = row
  const address = row.address ? JSON.stringify(row.address) : null
  const inserted = await tx.$executeRaw`
    INSERT INTO fulfilment (order_id, order_number, customer_id, guest_proof_hash, status, carrier, service, email, address, version, created_at)
    VALUES (${row.orderId}, ${orderNumber}, ${customerId}, ${guestProofHash}, ${row.status}::fulfilment_status, ${carrier}, ${service}, ${email},
            ${address}::jsonb, ${row.version}, ${row.createdAt})
    ON CONFLICT DO NOTHING`
  return inserted === 1
}

/** Sets the owner of a tombstone, which the cancel command did not contain. */
async function nameOwner(
  tx: Tx,
  { orderId, orderNumber, guestProofHash }: CreateCommand,
  customerId: string | null,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE fulfilment SET order_number = ${orderNumber}, customer_id = ${customerId}, guest_proof_hash = ${guestProofHash ?? null}
     WHERE order_id = ${orderId} AND order_number IS NULL`
}

/** Maximum value of the column. */
const MAX_GRAMS = 2_147_483_647

const gramsOf = ({ lines }: Parcel) =>
  Math.min(
    MAX_GRAMS,
    lines.reduce((grams, { quantity, weightGrams }) => grams + quantity * weightGrams, 0),
  )

async function insertParcels(tx: Tx, { orderId, parcels }: CreateCommand, ids: readonly string[], now: Date) {
  const rows = parcels.map((parcel, index) => {
    const { warehouseId, warehouseCode, lines } = parcel
    return {
      id: ids[index],
      position: index + 1,
      warehouseId,
      warehouseCode,
      weightGrams: gramsOf(parcel),
      lines,
    }
  })
  await executeLater(
    tx,
    Prisma.sql`
    WITH parcel AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS p(
        id text, position int, "warehouseId" text, "warehouseCode" text, "weightGrams" int, lines jsonb)
    ), shipped AS (
      INSERT INTO shipment (id, order_id, position, status, version, warehouse_id, warehouse_code, weight_grams, label,
                            created_at, call_at)
      SELECT id, ${orderId}, position, 'PENDING', 1, "warehouseId", "warehouseCode", "weightGrams", 'WANTED', ${now}, ${now}
        FROM parcel)
    INSERT INTO shipment_line (shipment_id, order_line_id, variant_id, quantity, weight_grams)
    SELECT p.id, l."orderLineId", l."variantId", l.quantity, l."weightGrams"
      FROM parcel p CROSS JOIN LATERAL jsonb_to_recordset(p.lines)
        AS l("orderLineId" text, "variantId" text, quantity int, "weightGrams" int)`,
  )
}

/**
 * `shipping.create`: creates one shipment per parcel, once per order. A repeated command is answered again.
 */
export async function createShipments(tx: Tx, command: CreateCommand, pace: Pace): Promise<void> {
  const { orderId, parcels } = command
  const shipmentIds = parcels.map(() => newId('shp'))
  const facts = decide(null, { type: 'create', shipmentIds })
  const state = evolve(null, facts)
  const customerId = command.customerId ?? (await claimantOf(tx, orderId))
  const isNew = await insert(tx, {
    orderId,
    orderNumber: command.orderNumber,
    customerId,
    guestProofHash: command.guestProofHash,
    status: state.status,
    carrier: command.carrier,
    service: command.service,
    email: command.email,
    address: command.address,
    version: state.version,
    createdAt: pace.now,
  })
  if (!isNew) {
    const before = await lockFulfilment(tx, orderId)
    await nameOwner(tx, command, customerId)
    await handleCommand(tx, orderId, before, { type: 'create', shipmentIds }, pace)
    return
  }
  await insertParcels(tx, command, shipmentIds, pace.now)
  await appendEvents(tx, messagesOf({ orderId, state, linesOf: null }, facts))
}

/**
 * `shipping.cancel`: voids the labels of an order, or reports the parcel that was dispatched. Before its
 * create, it leaves a tombstone.
 */
export async function cancelShipments(tx: Tx, orderId: string, pace: Pace): Promise<void> {
  const facts = decide(null, { type: 'cancel' })
  const { status, version } = evolve(null, facts)
  const tombstone = { orderId, status: 'CANCELLED' as const, version, createdAt: pace.now }
  if (status === 'CANCELLED' && (await insert(tx, tombstone))) {
    const state: Fulfilment = { status, version, shipments: [] }
    return appendEvents(tx, messagesOf({ orderId, state, linesOf: null }, facts))
  }
  await handleCommand(tx, orderId, await lockFulfilment(tx, orderId), { type: 'cancel' }, pace)
}
