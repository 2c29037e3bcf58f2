import { auditLog } from '@argyle/kit/audit'
import { openPrisma } from '@argyle/kit/database'
import type { Opening } from '@argyle/kit/subgraph'
import { throttleOn } from '@argyle/kit/throttle'
import { openGateway } from './gateway/open-gateway.ts'
import { inPlainTexts } from './gateway/plain-texts.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { methodStore } from './method/method-store.ts'
import type { Terms } from './payment/advance.ts'
import { gatewayWork } from './payment/gateway-work.ts'
import { paymentReads } from './payment/payment-reads.ts'
import { paymentStore } from './payment/payment-store.ts'
import { refundChecks } from './payment/refund-checks.ts'
import { refundByStaff } from './payment/staff-refund.ts'
import type { PaymentSettings } from './settings.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Opens what lives as long as the subgraph: its database, the gateway, and the work that calls it. */
export async function openResources(opening: Opening<PaymentSettings>) {
  const { database, clock, config, log, isCommand = false } = opening
  const prisma = openPrisma(PrismaClient, database)
  const gateway = inPlainTexts(await openGateway(config))
  const terms: Terms = {
    clock,
    gateway: gateway.name,
    actionMs: (10 * MINUTE_MS) / config.SPEED,
    authorizationMs: (7 * DAY_MS) / config.SPEED,
    nudge: () => {
      if (!isCommand) work.nudge()
    },
    hasRoom: () => !isCommand && work.hasRoom(),
    begin: (call) => work.begin(call),
    settled: (orderId) => work.settled(orderId),
  }
  const work = gatewayWork({ prisma, gateway, terms, log })
  return {
    prisma,
    clock,
    gateway,
    work,
    methods: methodStore({ prisma, clock, gateway, log }),
    payments: paymentStore(prisma, terms),
    refund: refundByStaff(prisma, terms),
    checkRefunds: refundChecks(prisma, terms, {
      everyMs: config.REFUND_CHECK_HOURS * HOUR_MS,
      forMs: config.REFUND_CHECK_DAYS * DAY_MS,
    }),
    audit: auditLog(prisma),
    throttle: throttleOn(prisma, clock),
    reads: paymentReads(prisma),
    close: () => work.stop(),
  }
}

export type Resources = Awaited<ReturnType<typeof openResources>>
