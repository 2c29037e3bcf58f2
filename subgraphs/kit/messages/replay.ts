import { z } from 'zod'
import type { Tx } from '../database/database.ts'
import { type Envelope, envelopeSchema } from './envelope.ts'
import type { InboxListener } from './inbox.ts'

/** A listener that handles any number of messages of its type together, in the order of the history. */
export type ManyListener = (messages: readonly Envelope[], tx: Tx) => Promise<void>

/** The type of the messages of a republication. Each contains a batch of messages, marked as `replayed`. */
export const replayTypeOf = (consumer: string) => `${consumer}.replay`

const batch = z.object({ messages: z.array(envelopeSchema) })

/**
 * The listener for `<consumer>.replay`. The whole batch is one transaction with one inbox row. A batch that
 * arrives again under another id is handled again, which has no effect on listeners that decide by sequence
 * or by state.
 */
export function replayListener(
  listeners: Readonly<Record<string, InboxListener>>,
  many: Readonly<Record<string, ManyListener>>,
): InboxListener {
  return async ({ data }, tx) => {
    const { messages } = batch.parse(data)
    for (const run of runsOf(messages)) {
      const type = run[0]?.type ?? ''
      const takesMany = many[type]
      if (takesMany) await takesMany(run, tx)
      else for (const message of run) await listeners[type]?.(message, tx)
    }
  }
}

/** Groups adjacent messages of one type. */
function runsOf(messages: readonly Envelope[]): Envelope[][] {
  const runs: Envelope[][] = []
  for (const message of messages) {
    const last = runs.at(-1)
    if (last?.[0]?.type === message.type) last.push(message)
    else runs.push([message])
  }
  return runs
}
