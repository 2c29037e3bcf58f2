import type { Logger } from 'pino'
import { z } from 'zod'
import type { PrismaLike } from '../database/database.ts'
import { systemClock } from '../service/clock.ts'
import { readSettingsOfBoth, type Settings, serviceSettings } from '../service/config.ts'
import { reasonOf } from '../service/reason.ts'
import type { AnySubgraph } from '../service/subgraph.ts'
import { withTrace } from '../service/trace.ts'
import { type Envelope, envelopeSchema } from './envelope.ts'
import { type InboxListener, listenersOf, traceOf } from './inbox.ts'

/** A message that the consumer failed to handle, complete, with the last error. */
export type DeadLetter = { readonly envelope: Envelope; readonly error: string; readonly failedAt: Date }

export type Replay =
  | { readonly outcome: 'replayed' }
  /** The listener failed again for this reason; the message stays. */
  | { readonly outcome: 'failed'; readonly reason: string }
  /** No such dead letter exists (any more). */
  | { readonly outcome: 'unknown' }

const LIST = `
SELECT envelope, error, failed_at AS "failedAt" FROM dead_letter WHERE consumer = $1 ORDER BY event_id`
const TAKE = `
DELETE FROM dead_letter WHERE consumer = $1 AND event_id = $2 RETURNING envelope`
// The inbox row may have been pruned. With it, the bus cannot make the same message take effect again.
const ENTER = `
INSERT INTO inbox_message (consumer, event_id) VALUES ($1, $2)
ON CONFLICT (consumer, event_id) DO UPDATE SET handled_at = now()`

/** The dead letters of this consumer, oldest message first. */
export async function deadLetters(prisma: PrismaLike, consumer: string): Promise<DeadLetter[]> {
  const rows = await prisma.$queryRawUnsafe<{ envelope: unknown; error: string; failedAt: Date }[]>(
    LIST,
    consumer,
  )
  return rows.map((row) => ({ ...row, envelope: envelopeSchema.parse(row.envelope) }))
}

type ReplayOptions = {
  prisma: PrismaLike
  consumer: string
  listeners: Readonly<Record<string, InboxListener>>
}

/**
 * Gives a dead letter to its listener again, in one transaction that also deletes it: either both happen or
 * neither. Events of the listener are in the outbox afterwards, for the relay.
 */
export async function replayDeadLetter(
  { prisma, consumer, listeners }: ReplayOptions,
  eventId: string,
): Promise<Replay> {
  try {
    return await prisma.$transaction(async (tx) => {
      const [row] = await tx.$queryRawUnsafe<{ envelope: unknown }[]>(TAKE, consumer, eventId)
      if (!row) return { outcome: 'unknown' }
      const envelope = envelopeSchema.parse(row.envelope)
      const listener = listeners[envelope.type]
      if (!listener) throw new Error(`${consumer} no longer listens to ${envelope.type}`)
      await tx.$executeRawUnsafe(ENTER, consumer, eventId)
      await withTrace(traceOf(envelope), () => listener(envelope, tx))
      return { outcome: 'replayed' }
    })
  } catch (error) {
    return { outcome: 'failed', reason: reasonOf(error) }
  }
}

/** The dead letters of one subgraph, to list and replay. */
export type DeadLetterBox = {
  list(): Promise<DeadLetter[]>
  replay(eventId: string): Promise<Replay>
  close(): Promise<void>
}

/**
 * Opens what a subgraph's listeners need: its database and its own settings. It neither serves nor publishes,
 * and may run beside any number of replicas.
 * @throws BadSettings
 */
export async function openDeadLetters(
  definition: AnySubgraph,
  settings: Settings,
  log: Logger,
): Promise<DeadLetterBox> {
  const [{ DATABASE_URL: url }, config] = readSettingsOfBoth(
    serviceSettings.pick({ DATABASE_URL: true }),
    definition.config ?? z.unknown(),
    settings,
  )
  const resources = await definition.open({
    ...{ database: { url }, clock: systemClock, config, log },
    isCommand: true,
  })
  const { prisma } = resources
  const { name: consumer } = definition
  const listeners = listenersOf(definition, resources)
  return {
    list: () => deadLetters(prisma, consumer),
    replay: (eventId) => replayDeadLetter({ prisma, consumer, listeners }, eventId),
    async close() {
      await resources.close?.()
      await prisma.$disconnect()
    },
  }
}
