import { activeTrace } from './trace.ts'

/**
 * Has `work` run once the transaction of the message, request or timer under way is over; at once where there is none. It may run
 * though nothing was committed, and is lost when the process dies: it is for hints, such as that there is something to do.
 */
export function afterCommit(work: () => void): void {
  const trace = activeTrace()
  if (trace) trace.afterwards.add(work)
  else work()
}
