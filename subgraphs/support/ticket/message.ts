import type { TicketMessageKind } from '../generated/prisma/enums.ts'
import type { Attachment } from './attachment.ts'

export type { TicketMessageKind }

/** A message in a ticket. */
export type TicketMessage = {
  readonly id: string
  readonly ticketId: string
  readonly kind: TicketMessageKind
  /** Null for a guest. */
  readonly authorId: string | null
  readonly body: string
  readonly attachments: readonly Attachment[]
  readonly at: Date
}
