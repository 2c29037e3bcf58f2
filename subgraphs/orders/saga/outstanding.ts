import type { Saga, Stage } from './saga.ts'

/** Steps that wait for no answer: the carrier takes its time, and an order that is done asks for nothing. */
const QUIET: ReadonlySet<Stage['step']> = new Set<Stage['step']>(['DELIVERING', 'DONE'])

/** Whether any command is unanswered, so that it has to go out again some time. */
export function isOutstanding({ stage }: Saga): boolean {
  if (!QUIET.has(stage.step)) return true
  return 'sale' in stage && stage.sale.claims.some(({ refund, restocked }) => refund === 'OPEN' || !restocked)
}

const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 5 * 60_000

/** When the saga acts of itself, if nothing happens before: 30 s after its commands, then ever rarer. */
export function dueAt(saga: Saga, now: Date): Date | null {
  if (!isOutstanding(saga)) return null
  const { stage, attempts } = saga
  const again = new Date(now.getTime() + Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS))
  return stage.step === 'AUTHORIZING' && stage.payUntil < again ? stage.payUntil : again
}
