import type { Logger } from 'pino'
import type { PrismaLike } from '../database/database.ts'
import { type Backlog, backlog } from '../messages/backlog.ts'
import type { EventBus } from '../messages/event-bus.ts'

/** The body of `/health/ready`. */
export type Readiness =
  | { readonly status: 'draining' | 'not ready' }
  | {
      readonly status: 'ready'
      /** `away`: for less than 30 s so far; messages wait in the outbox. `none`: the service has no bus. */
      readonly bus: 'reachable' | 'away' | 'none'
      readonly messages: Backlog
    }

/**
 * Time for which the bus may be unavailable before a service is not ready. It is longer than a broker takes
 * to restart. Requests need no bus, so a restart of the broker must not take every service out of its load
 * balancer.
 */
const BUS_GRACE_MS = 30_000

type Options = {
  readonly prisma: PrismaLike
  readonly bus: EventBus | null
  readonly log: Logger
  readonly isDraining: () => boolean
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
}

/**
 * Tests whether a service is to receive requests. Waiting messages and dead letters are reported without
 * effect on the result: sending requests elsewhere would not shorten the backlog.
 */
export function readiness({ prisma, bus, log, isDraining, now = () => performance.now() }: Options) {
  let reachableAt: number | null = null

  async function busState(): Promise<'reachable' | 'away' | 'none'> {
    if (!bus) return 'none'
    try {
      await bus.ready()
      reachableAt = now()
      return 'reachable'
    } catch (error) {
      if (reachableAt === null || now() - reachableAt > BUS_GRACE_MS) throw error
      return 'away'
    }
  }

  return async (): Promise<Readiness> => {
    if (isDraining()) return { status: 'draining' }
    try {
      const [messages, state] = await Promise.all([backlog(prisma), busState()])
      return { status: 'ready', bus: state, messages }
    } catch (error) {
      log.warn({ err: error }, 'the service is not ready')
      return { status: 'not ready' }
    }
  }
}
