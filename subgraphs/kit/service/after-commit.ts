import { activeTrace } from './trace.ts'

/**
 * Runs `work` after the transaction of the current message, request or timer; at once if there is none. It
 * runs even if nothing was committed, and is lost if the process dies: use it for hints, e.g. that new work
 * is due.
 */
export function afterCommit(work: () => void): void {
  const trace = activeTrace()
  if (trace) trace.afterwards.add(work)
  else work()
}
