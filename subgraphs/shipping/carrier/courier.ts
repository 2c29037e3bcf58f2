import type { Clock } from '@argyle/kit/clock'
import type { Logger } from 'pino'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Pace } from '../shipment/fulfilment-store.ts'
import type { Carrier } from './carrier.ts'
import { BATCH, callCarrier } from './carrier-calls.ts'

/** Until a parcel is looked up of which no webhook told; a faster demo looks sooner. */
const POLL_MS = 30 * 60_000
const SHORTEST_POLL_MS = 2_000

type Options = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly carrier: Carrier
  readonly log: Logger
  /** How many times faster than life the carrier moves. */
  readonly speed: number
}

/** Who goes to the carrier with what is due. */
export function openCourier({ speed, ...given }: Options) {
  const pollMs = Math.max(SHORTEST_POLL_MS, Math.round(POLL_MS / speed))
  const pace = (): Pace => ({ now: given.clock(), pollMs })
  const calls = { ...given, pace }
  return {
    pace,
    /** Asks about everything that is due, a batch at a time. */
    async go(): Promise<void> {
      while ((await callCarrier(calls)) === BATCH) {
        // A full batch: more may be due.
      }
    },
  }
}

export type Courier = ReturnType<typeof openCourier>
