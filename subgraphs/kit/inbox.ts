import type { Logger } from 'pino'
import type { PrismaLike, Tx } from './database.ts'
import type { Envelope } from './envelope.ts'
import type { Handle } from './event-bus.ts'
import { newTrace, withTrace } from './trace.ts'

/** After so many failures a message is put aside, so that it does not hold up its publisher for ever. */
const MOST_ATTEMPTS = 10

const ENTER = `
INSERT INTO inbox_message (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`
const BURY = `
INSERT INTO dead_letter (consumer, event_id, envelope, error) VALUES ($1, $2, $3::jsonb, $4)
ON CONFLICT (consumer, event_id) DO UPDATE SET error = EXCLUDED.error, failed_at = now()`

/** Reacts to one message inside the transaction that also holds its inbox row. */
export type Listener = (envelope: Envelope, tx: Tx) => Promise<void>

type InboxOptions = {
  consumer: string
  prisma: PrismaLike
  listeners: Readonly<Record<string, Listener>>
  log: Logger
  /** Called after a message that itself wrote to the outbox has committed. */
  onWrote: () => void
}

/**
 * Makes listeners idempotent: the inbox row (consumer, event id) and the listener's effect are one transaction, so a
 * message that comes again changes nothing. One that keeps failing goes to `dead_letter`.
 */
export function inbox({ consumer, prisma, listeners, log, onWrote }: InboxOptions): Handle {
  const failures = new Map<string, number>()

  async function bury(envelope: Envelope, reason: string): Promise<void> {
    await prisma.$transaction(async (tx) => {
      await tx.$executeRawUnsafe(ENTER, consumer, envelope.id)
      await tx.$executeRawUnsafe(BURY, consumer, envelope.id, JSON.stringify(envelope), reason)
    })
    log.error({ eventId: envelope.id, type: envelope.type, reason }, 'message moved to dead_letter')
  }

  async function handle(envelope: Envelope): Promise<void> {
    const listener = listeners[envelope.type]
    if (!listener) return
    await prisma.$transaction(async (tx) => {
      const isNew = await tx.$executeRawUnsafe(ENTER, consumer, envelope.id)
      if (isNew === 1) await listener(envelope, tx)
    })
  }

  return async (envelope) => {
    const { id, correlationId, traceparent } = envelope
    const trace = newTrace({ requestId: id, correlationId, causationId: id, traceparent })
    await withTrace(trace, async () => {
      try {
        await handle(envelope)
        failures.delete(id)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        const count = (failures.get(id) ?? 0) + 1
        failures.set(id, count)
        log.warn({ eventId: id, type: envelope.type, count, err: error }, 'message not handled')
        if (count < MOST_ATTEMPTS) throw error
        await bury(envelope, reason)
        failures.delete(id)
      }
    })
    if (trace.wrote) onWrote()
  }
}
