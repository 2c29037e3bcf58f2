import { z } from 'zod'

/** A message between subgraphs: an event or a command. Delivered at least once, in any order. */
export const envelopeSchema = z.object({
  id: z.string(),
  type: z.string(),
  /** The subgraph that published it. */
  source: z.string(),
  /** The id of the entity that the message is about. */
  subject: z.string(),
  time: z.iso.datetime(),
  /**
   * The subject's version. It grows with each message about the subject, so that a late message can be
   * recognised.
   */
  sequence: z.int(),
  correlationId: z.string(),
  causationId: z.string().nullable(),
  traceparent: z.string().nullable(),
  /**
   * True for a message that is published again from history. `time` is the time of the original event.
   * Listeners that react to new events, e.g. by sending e-mails, ignore it.
   */
  replayed: z.boolean().optional(),
  data: z.unknown(),
})

export type Envelope<Data = unknown> = Omit<z.output<typeof envelopeSchema>, 'data'> & { readonly data: Data }

/** A message before the outbox adds the rest of the envelope. `data` must survive JSON. */
export type NewEvent<Data = unknown> = {
  readonly type: string
  readonly subject: string
  readonly sequence: number
  readonly data: Data
}
