import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { Operation } from '../operation/operation.ts'

/** What ties one piece of work to the request or message that caused it. */
export type Trace = {
  readonly requestId: string
  /** The request that began it all; carried from message to message. */
  readonly correlationId: string
  /** The message that caused this work; null in a request. */
  readonly causationId: string | null
  /** W3C Trace Context, section 3.2; null where the caller sent none. */
  readonly traceparent: string | null
  /** The GraphQL operation that this work is part of; null where it is none's. */
  readonly operation: Operation | null
  /** Set when this work wrote to the outbox, so that the relay is woken once it has committed. */
  wrote: boolean
  /** What `afterCommit` was given, each once. */
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

/** The trace of the work under way; undefined outside any request, message or timer. */
export function activeTrace(): Trace | undefined {
  return storage.getStore()
}

/** The trace of the work under way; a fresh one where there is none. */
export function currentTrace(): Trace {
  return activeTrace() ?? newTrace()
}

/** What follows a piece of work that is over: the relay is woken if it wrote to the outbox, and hints are given. */
export function followUp(trace: Trace, onWrote: () => void): void {
  if (trace.wrote) onWrote()
  for (const work of trace.afterwards) work()
}
