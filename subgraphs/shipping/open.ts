import { auditLog } from '@argyle/kit/audit'
import { openPrisma } from '@argyle/kit/database'
import type { Opening } from '@argyle/kit/subgraph'
import { throttleOn } from '@argyle/kit/throttle'
import { openCourier } from './carrier/courier.ts'
import { httpCarrier } from './carrier/http-carrier.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { quoteKeyStore } from './quote/quote-key-store.ts'
import { auditedStore } from './rate/audited-store.ts'
import { methodStore } from './rate/method-store.ts'
import { rateStore } from './rate/rate-store.ts'
import { zoneStore } from './rate/zone-store.ts'
import { guestReturnStore } from './return/guest-return-store.ts'
import { returnReads } from './return/return-reads.ts'
import { returnStore } from './return/return-store.ts'
import type { ShippingSettings } from './settings.ts'
import { shipmentReads } from './shipment/shipment-reads.ts'

/** Opens the stores, and ensures that quote keys exist. */
export async function openResources({ database, clock, config, log }: Opening<ShippingSettings>) {
  const prisma = openPrisma(PrismaClient, database)
  const keys = quoteKeyStore(prisma, clock, config.QUOTE_KEY_SECRET)
  await keys.rotate()
  const book = auditedStore(prisma, clock)
  const rates = rateStore(prisma, book)
  const throttle = throttleOn(prisma, clock)
  const returns = returnStore({ prisma, clock, returnDays: config.RETURN_DAYS })
  const courier = openCourier({
    prisma,
    clock,
    carrier: httpCarrier({ url: config.CARRIER_URL, apiKey: config.CARRIER_API_KEY }),
    log,
    speed: config.SPEED,
  })
  return {
    prisma,
    clock,
    zones: zoneStore(prisma, book),
    methods: methodStore(prisma, book),
    rates,
    shipments: shipmentReads(prisma),
    throttle,
    returns: { ...returnReads(prisma), ...returns },
    guestReturns: guestReturnStore({ prisma, returns, throttle }),
    keys,
    quoting: { rates, keys, clock },
    audit: auditLog(prisma),
    courier,
    webhookSecret: config.CARRIER_WEBHOOK_SECRET,
  }
}

/** The resources that live as long as the subgraph. */
export type Shipping = Awaited<ReturnType<typeof openResources>>
