import type { TransactionOf } from '@argyle/kit/database'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import type { CreateCommand, Parcel } from '../commands.ts'
import { type ToldLine, toldOf } from '../events.ts'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { claimantOf } from './claim-store.ts'
import { type Command, decide } from './decide.ts'
import { evolve, type Fulfilment, nextCall, type Shipment } from './fulfilment.ts'

type Tx = TransactionOf<PrismaClient>

/** The schedule of a shipment's calls to the carrier. */
export type Pace = {
  readonly now: Date
  /** Interval of lookups without a webhook, in milliseconds. */
  readonly pollMs: number
}

const shipmentColumns = {
  id: true,
  status: true,
  label: true,
  attempt: true,
  labelId: true,
  trackingNumber: true,
  trackingUrl: true,
  failure: true,
  dispatchedAt: true,
  deliveredAt: true,
  version: true,
} as const satisfies Prisma.ShipmentSelect

type Row = Prisma.ShipmentGetPayload<{ select: typeof shipmentColumns }>

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
  const shipments = await tx.shipment.findMany({
    where: { orderId },
    select: shipmentColumns,
    orderBy: { position: 'asc' },
  })
  return { ...row, shipments: shipments.map(shipmentOf) }
}

/** The time of the next call to the carrier about a shipment. */
function callAt(state: Fulfilment, shipment: Shipment, { now, pollMs }: Pace): Date | null {
  const call = nextCall(state, shipment)
  if (call === null) return null
  return call === 'track' ? new Date(now.getTime() + pollMs) : now
}

/** Saves the differences. Each change resets `failures`. */
async function save(tx: Tx, before: Fulfilment, after: Fulfilment, orderId: string, pace: Pace) {
  const { status, version } = after
  await tx.$executeRaw`
    UPDATE fulfilment SET status = ${status}::fulfilment_status, version = ${version} WHERE order_id = ${orderId}`
  const known = new Map(before.shipments.map((shipment) => [shipment.id, shipment]))
  for (const shipment of after.shipments) {
    const was = known.get(shipment.id)
    const call = nextCall(after, shipment)
    const isSameCall = was !== undefined && nextCall(before, was) === call
    if (was?.version === shipment.version && isSameCall) continue
    const { id, made, ...columns } = shipment
    const { labelId = null, trackingNumber = null, trackingUrl = null } = made ?? {}
    // The replica that claimed a label keeps it until its lease expires.
    const due = isSameCall && call === 'label' ? {} : { callAt: callAt(after, shipment, pace) }
    const data = { ...columns, labelId, trackingNumber, trackingUrl, ...due, failures: 0, lastError: null }
    await tx.shipment.updateMany({ where: { id }, data })
  }
}

async function linesOf(tx: Tx, orderId: string): Promise<(shipmentId: string) => ToldLine[]> {
  const rows = await tx.shipmentLine.findMany({
    where: { shipment: { orderId } },
    select: { shipmentId: true, orderLineId: true, variantId: true, quantity: true },
    orderBy: [{ shipmentId: 'asc' }, { orderLineId: 'asc' }],
  })
  const byShipment = Map.groupBy(rows, ({ shipmentId }) => shipmentId)
  return (shipmentId) => (byShipment.get(shipmentId) ?? []).map(({ shipmentId: _, ...line }) => line)
}

/**
 * Decides a command on a locked fulfilment, saves it and appends the messages. @returns the state afterwards
 */
export async function obey(
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
  await appendEvents(tx, toldOf({ orderId, state: after, linesOf: await linesOf(tx, orderId) }, facts))
  return after
}

/** Inserts the row of a new order. Of two concurrent commands, one waits at the primary key. */
async function insert(tx: Tx, data: Prisma.FulfilmentCreateManyInput): Promise<boolean> {
  const { count } = await tx.fulfilment.createMany({ data: [data], skipDuplicates: true })
  return count === 1
}

/** Maximum value of the column. */
const MOST_GRAMS = 2_147_483_647

const gramsOf = ({ lines }: Parcel) =>
  Math.min(
    MOST_GRAMS,
    lines.reduce((grams, { quantity, weightGrams }) => grams + quantity * weightGrams, 0),
  )

async function insertParcels(tx: Tx, { orderId, parcels }: CreateCommand, ids: readonly string[], now: Date) {
  const rows = parcels.map((parcel, index) => ({ parcel, id: ids[index] ?? '', position: index + 1 }))
  await tx.shipment.createMany({
    data: rows.map(({ parcel, id, position }) => ({
      id,
      orderId,
      position,
      status: 'PENDING' as const,
      version: 1,
      warehouseId: parcel.warehouseId,
      warehouseCode: parcel.warehouseCode,
      weightGrams: gramsOf(parcel),
      label: 'WANTED' as const,
      createdAt: now,
      callAt: now,
    })),
  })
  await tx.shipmentLine.createMany({
    data: rows.flatMap(({ parcel, id }) => parcel.lines.map((line) => ({ shipmentId: id, ...line }))),
  })
}

/**
 * `shipping.create`: creates one shipment per parcel, once per order. A repeated command is answered again.
 */
export async function createShipments(tx: Tx, command: CreateCommand, pace: Pace): Promise<void> {
  const { orderId, parcels } = command
  const shipmentIds = parcels.map(() => newId('shp'))
  const facts = decide(null, { type: 'create', shipmentIds })
  const state = evolve(null, facts)
  const isNew = await insert(tx, {
    orderId,
    orderNumber: command.orderNumber,
    customerId: command.customerId ?? (await claimantOf(tx, orderId)),
    status: state.status,
    carrier: command.carrier,
    service: command.service,
    email: command.email,
    address: command.address,
    version: state.version,
    createdAt: pace.now,
  })
  if (!isNew) {
    await obey(tx, orderId, await lockFulfilment(tx, orderId), { type: 'create', shipmentIds }, pace)
    return
  }
  await insertParcels(tx, command, shipmentIds, pace.now)
  await appendEvents(tx, toldOf({ orderId, state, linesOf: await linesOf(tx, orderId) }, facts))
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
    return appendEvents(tx, toldOf({ orderId, state, linesOf: () => [] }, facts))
  }
  await obey(tx, orderId, await lockFulfilment(tx, orderId), { type: 'cancel' }, pace)
}
