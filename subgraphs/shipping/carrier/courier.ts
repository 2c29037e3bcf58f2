import type { Clock } from '@argyle/kit/clock'
import type { Logger } from '@argyle/kit/subgraph'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Pace } from '../shipment/fulfilment-store.ts'
import type { Carrier } from './carrier.ts'
import { BATCH, callCarrier } from './carrier-calls.ts'

/** Interval of lookups without a webhook, in milliseconds; divided by the speed. */
const POLL_MS = 30 * 60_000
/** Shortest interval of lookups, whatever the speed. */
const MIN_POLL_MS = 2_000

type Options = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly carrier: Carrier
  readonly log: Logger
  /** Factor by which the simulated carrier moves parcels faster. */
  readonly speed: number
}

/** The worker that calls the carrier for due shipments. */
export function openCourier({ speed, ...given }: Options) {
  const pollMs = Math.max(MIN_POLL_MS, Math.round(POLL_MS / speed))
  const pace = (): Pace => ({ now: given.clock(), pollMs })
  const calls = { ...given, pace }
  return {
    pace,
    /** Processes all due shipments, batch by batch. */
    async go(): Promise<void> {
      while ((await callCarrier(calls)) === BATCH) {
        // After a full batch, more may be due.
      }
    },
  }
}

export type Courier = ReturnType<typeof openCourier>
