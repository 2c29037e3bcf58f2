import { loadMany, loadOne } from '@argyle/kit/loader'
import type { PrismaClient } from './generated/prisma/client.ts'
import { rateReads } from './rate/rate-reads.ts'
import { returnReads } from './return/return-reads.ts'
import { shipmentReads } from './shipment/shipment-reads.ts'

/** The loaders of one operation: 50 lookups of a kind become one statement. */
export function shippingLoaders(prisma: PrismaClient) {
  const [rates, shipments, returns] = [rateReads(prisma), shipmentReads(prisma), returnReads(prisma)]
  return {
    methodById: loadOne(rates.methodsById, (method) => method.id),
    ratesByZoneId: loadMany(rates.ratesOfZones, (rate) => rate.zoneId),
    ownerByOrderId: loadOne(shipments.ownersOf, (order) => order.orderId),
    shipmentById: loadOne(shipments.byIds, (shipment) => shipment.id),
    shipmentsByOrderId: loadMany(shipments.ofOrders, (shipment) => shipment.orderId),
    linesByShipmentId: loadMany(shipments.linesOf, (line) => line.shipmentId),
    eventsByShipmentId: loadMany(shipments.eventsOf, (event) => event.shipmentId),
    returnById: loadOne(returns.byIds, (one) => one.id),
    returnsByOrderId: loadMany(returns.ofOrders, (one) => one.orderId),
  }
}

export type ShippingLoaders = ReturnType<typeof shippingLoaders>
