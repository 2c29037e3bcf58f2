import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { Operation } from '../operation/operation.ts'

/** The request or message that caused a piece of work. */
export type Trace = {
  readonly requestId: string
  /** The original request; carried from message to message. */
  readonly correlationId: string
  /** The message that caused this work; null in a request. */
  readonly causationId: string | null
  /** W3C Trace Context, section 3.2; null if the caller sent none. */
  readonly traceparent: string | null
  /** The GraphQL operation of this work; null outside one. */
  readonly operation: Operation | null
  /** Whether this work wrote to the outbox, so that the relay is woken after the commit. */
  wrote: boolean
  /** The work given to `afterCommit`, each once. */
  readonly afterwards: Set<() => void>
}

const storage = new AsyncLocalStorage<Trace>()

export function newTrace(from: Partial<Omit<Trace, 'wrote' | 'afterwards'>> = {}): Trace {
  const requestId = from.requestId ?? randomUUID()
  return {
    requestId,
    correlationId: from.correlationId ?? requestId,
    causationId: from.causationId ?? null,
    traceparent: from.traceparent ?? null,
    operation: from.operation ?? null,
    wrote: false,
    afterwards: new Set(),
  }
}

export function withTrace<T>(trace: Trace, work: () => T): T {
  return storage.run(trace, work)
}

/** The trace of the current work; undefined outside any request, message or timer. */
export function activeTrace(): Trace | undefined {
  return storage.getStore()
}

/** The trace of the current work, or a new one. */
export function currentTrace(): Trace {
  return activeTrace() ?? newTrace()
}

/** Runs after a piece of work: wakes the relay if it wrote to the outbox, and runs its `afterCommit` work. */
export function followUp(trace: Trace, onWrote: () => void): void {
  if (trace.wrote) onWrote()
  for (const work of trace.afterwards) work()
}
