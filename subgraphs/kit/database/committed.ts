/** A message as its row in the outbox has it. */
export type OutboxRow = {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly sequence: number
  readonly data: unknown
  readonly time: Date
  readonly correlation_id: string
  readonly causation_id: string | null
  readonly traceparent: string | null
  readonly attempts: number
}

/** The relay of this process while it runs. It gets the messages of each transaction after its commit. */
export type Committed = { relay: { publish(rows: readonly OutboxRow[]): void } | null }

/** The messages written in a transaction, as a property of its client; undefined if no relay runs. */
export const WRITTEN = Symbol('messages written')
