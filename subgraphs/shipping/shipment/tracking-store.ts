import type { TransactionOf } from '@argyle/kit/database'
import type { Scan } from '../carrier/carrier.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'

/** Inserts new tracking events of a parcel. Existing ones are not changed. */
export async function saveTracking(
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

/** Makes the parcel of this label due for a lookup, after a webhook. */
export async function scheduleLookup(prisma: PrismaClient, labelId: string, now: Date): Promise<void> {
  await prisma.shipment.updateMany({
    where: { labelId, callAt: { gt: now } },
    data: { callAt: now },
  })
}
