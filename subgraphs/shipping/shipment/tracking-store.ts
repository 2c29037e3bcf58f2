import type { TransactionOf } from '@argyle/kit/database'
import type { Scan } from '../carrier/carrier.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'

/** Keeps what a carrier told of a parcel; what is there already stays as it is. */
export async function keepScans(
  tx: TransactionOf<PrismaClient>,
  shipmentId: string,
  scans: readonly Scan[],
): Promise<void> {
  if (scans.length === 0) return
  await tx.trackingEvent.createMany({
    data: scans.map((scan) => ({ shipmentId, ...scan })),
    skipDuplicates: true,
  })
}

/** A hint that something happened to the parcel of this label: it is due to be looked up. */
export async function lookUpSoon(prisma: PrismaClient, labelId: string, now: Date): Promise<void> {
  await prisma.shipment.updateMany({
    where: { labelId, callAt: { gt: now } },
    data: { callAt: now },
  })
}
