import type { Saga, Stage } from './saga.ts'

/**
 * Stages that wait for no answer: the customer is choosing, parcels are under way, or the order is complete.
 */
const QUIET: ReadonlySet<Stage['step']> = new Set<Stage['step']>(['CHOOSING_PAYMENT', 'DELIVERING', 'DONE'])

/** Steps of an order whose payment is not authorized. */
export const UNPAID_STEPS: ReadonlySet<Stage['step']> = new Set([
  'RESERVING',
  'CHOOSING_PAYMENT',
  'AUTHORIZING',
])

/**
 * Maximum number of attempts of a refund, about 90 minutes. After that, staff refund it with `refundPayment`.
 */
export const MAX_REFUND_ATTEMPTS = 20

/** Attempt number of a refund that is not repeated any more. */
export const GIVEN_UP = MAX_REFUND_ATTEMPTS + 1

/** Whether a failed refund is not repeated any more. */
export const isGivenUp = (refundTry: number) => refundTry > MAX_REFUND_ATTEMPTS

/** Tests whether a command is unanswered and must be repeated. */
export function isOutstanding({ stage }: Saga): boolean {
  const isRefundLeft =
    stage.step === 'UNDOING' && stage.undo.stock === null && stage.undo.payment === 'REFUND'
  const isStuck = isRefundLeft && isGivenUp(stage.refundTry)
  if (!QUIET.has(stage.step) && !isStuck) return true
  const claims = 'sale' in stage ? stage.sale.claims : []
  return claims.some(
    ({ refund, refundTry, restocked }) => (refund === 'OPEN' && !isGivenUp(refundTry)) || !restocked,
  )
}

/** Pause before an unanswered command is sent again; it doubles each time. */
const FIRST_PAUSE_MS = 30_000
/** Longest pause before an unanswered command is sent again. */
const MAX_PAUSE_MS = 5 * 60_000

/** The time of the next timeout: 30 s after the commands, then at growing intervals. */
export function dueAt(saga: Saga, now: Date): Date | null {
  const { stage, attempts } = saga
  if (stage.step === 'CHOOSING_PAYMENT') return stage.payUntil
  if (!isOutstanding(saga)) return null
  const again = new Date(now.getTime() + Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), MAX_PAUSE_MS))
  return stage.step === 'AUTHORIZING' && stage.payUntil < again ? stage.payUntil : again
}
