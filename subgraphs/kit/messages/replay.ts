import { z } from 'zod'
import type { Tx } from '../database/database.ts'
import { type Envelope, envelopeSchema } from './envelope.ts'
import type { InboxListener } from './inbox.ts'

/** A listener that takes any number of messages of its type at once, in the order in which they are told. */
export type ManyListener = (messages: readonly Envelope[], tx: Tx) => Promise<void>

/** The type of the messages that tell a consumer of the past: each holds a batch of messages, marked as `replayed`. */
export const replayTypeOf = (consumer: string) => `${consumer}.replay`

const batch = z.object({ messages: z.array(envelopeSchema) })

/**
 * The listener for `<consumer>.replay`. The whole batch is one transaction with one inbox row; a batch that comes again under another
 * id is handled again, which a listener that goes by sequence or by state bears.
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

/** Neighbours of one type, together. */
function runsOf(messages: readonly Envelope[]): Envelope[][] {
  const runs: Envelope[][] = []
  for (const message of messages) {
    const last = runs.at(-1)
    if (last?.[0]?.type === message.type) last.push(message)
    else runs.push([message])
  }
  return runs
}
