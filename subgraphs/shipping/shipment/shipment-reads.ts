// Tested in ../references.int.test.ts: its statements need a database.

import { type Connection, connectionOf, type Page, pageArgs } from '@argyle/kit/connection'
import { instantCursor, readInstantCursor } from '@argyle/kit/keyset'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import type { ShipmentStatus } from '../generated/prisma/enums.ts'
import type { Proven } from '../references.ts'

type PageArgs = { first?: number | null; after?: string | null }

const columns = {
  id: true,
  orderId: true,
  status: true,
  version: true,
  warehouseId: true,
  weightGrams: true,
  trackingNumber: true,
  trackingUrl: true,
  failure: true,
  createdAt: true,
  dispatchedAt: true,
  deliveredAt: true,
  fulfilment: { select: { carrier: true, service: true, customerId: true } },
} as const satisfies Prisma.ShipmentSelect

/** A parcel in the form of the schema. */
export type ShipmentRow = Prisma.ShipmentGetPayload<{ select: typeof columns }>
export type ShipmentLineRow = {
  readonly orderLineId: string
  readonly variantId: string
  readonly quantity: number
}
export type ShownShipment = ShipmentRow & Proven
export type ShownShipmentLine = ShipmentLineRow & Proven
export type TrackingRow = {
  readonly at: Date
  readonly status: ShipmentStatus
  readonly location: string | null
  readonly description: string
}

/** The owner of an order: a customer, or a guest by the hash of the proof of the order's secret. */
export type Owner = {
  readonly orderId: string
  readonly customerId: string | null
  readonly guestProofHash: string | null
}

/** Maximum number of tracking events of one parcel; carriers record fewer. */
const MAX_EVENTS = 50

/** Reads of shipments, one statement each. */
export function shipmentReads(prisma: PrismaClient) {
  async function page(
    { first, after }: Page,
    status: ShipmentStatus | null,
  ): Promise<Connection<ShipmentRow>> {
    const cursor = readInstantCursor(after, 'shp')
    const behind = cursor && {
      createdAt: { lte: cursor.at },
      OR: [{ createdAt: { lt: cursor.at } }, { createdAt: cursor.at, id: { lt: cursor.id } }],
    }
    const rows = await prisma.shipment.findMany({
      where: { ...(status && { status }), ...behind },
      select: columns,
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: first + 1,
    })
    return connectionOf(
      rows,
      { first, after },
      { cursorOf: ({ createdAt, id }) => instantCursor(createdAt, id) },
    )
  }

  return {
    byIds: (ids: readonly string[]): Promise<ShipmentRow[]> =>
      prisma.shipment.findMany({ where: { id: { in: [...ids] } }, select: columns }),

    /** The parcels of these orders, in their order. */
    ofOrders: (orderIds: readonly string[]): Promise<ShipmentRow[]> =>
      prisma.shipment.findMany({
        where: { orderId: { in: [...orderIds] } },
        select: columns,
        orderBy: [{ orderId: 'asc' }, { position: 'asc' }],
      }),

    /** The owners of these orders. Orders that shipping does not know are missing. */
    ownersOf: (orderIds: readonly string[]): Promise<Owner[]> =>
      prisma.fulfilment.findMany({
        where: { orderId: { in: [...orderIds] } },
        select: { orderId: true, customerId: true, guestProofHash: true },
      }),

    linesOf: (ids: readonly string[]) =>
      prisma.shipmentLine.findMany({
        where: { shipmentId: { in: [...ids] } },
        orderBy: [{ shipmentId: 'asc' }, { orderLineId: 'asc' }],
      }),

    /** The tracking events of these parcels, oldest first. */
    eventsOf: (ids: readonly string[]): Promise<(TrackingRow & { shipmentId: string })[]> =>
      prisma.$queryRaw`
        SELECT event.shipment_id AS "shipmentId", event.at, event.status::text AS status, event.location, event.description
          FROM unnest(${ids}::text[]) AS wanted (id)
         CROSS JOIN LATERAL (SELECT * FROM tracking_event WHERE shipment_id = wanted.id
                              ORDER BY at, id LIMIT ${MAX_EVENTS}) AS event
         ORDER BY event.at, event.id`,

    /** A page of all shipments, newest first. @throws GraphQLError BAD_USER_INPUT */
    all: (args: PageArgs, status: ShipmentStatus | null) => page(pageArgs(args), status),
  }
}

export type ShipmentReads = ReturnType<typeof shipmentReads>
