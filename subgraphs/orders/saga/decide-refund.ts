// Tested in any-refund.test.ts: a refund is shown by its course.

import { refundIdOf } from './claims.ts'
import { evolve, saleOf } from './evolve.ts'
import type { News } from './inputs.ts'
import { isGivenUp } from './outstanding.ts'
import type { Saga } from './saga.ts'
import type { SagaEvent } from './saga-events.ts'
import {
  type Cover,
  everRefunded,
  type RefundClaim,
  type RefundTotals,
  type Sale,
  withRefunded,
} from './sale.ts'

type NewsOf<Type extends News['type']> = Extract<News, { type: Type }>

const NOTHING: readonly SagaEvent[] = []

/** The events of a refund or its refusal. Each also tells of an order that is being cancelled or is cancelled. */
export function whenRefundTold(
  sale: Sale,
  input: NewsOf<'PaymentRefunded' | 'RefundFailed'>,
): readonly SagaEvent[] {
  return input.type === 'PaymentRefunded' ? refunded(sale, input) : refused(sale, input)
}

function isTryOf({ id, refund, refundTry }: RefundClaim, refundId: string): boolean {
  return refund === 'OPEN' && refundIdOf(id, refundTry) === refundId
}

const totalsOf = ({ refundedMinor, reversedMinor = 0n }: RefundTotals) => ({ refundedMinor, reversedMinor })

function refunded(
  sale: Sale,
  { refundId, amountMinor, ...told }: NewsOf<'PaymentRefunded'>,
): readonly SagaEvent[] {
  const totals = totalsOf(told)
  const claim = sale.claims.find((known) => isTryOf(known, refundId))
  if (claim) {
    const claims = sale.claims.filter((other) => other !== claim)
    const { settled } = spread(withRefunded({ ...sale, claims }, totals), { refundId, amountMinor: 0n })
    return [{ type: 'ClaimRefunded', id: claim.id, amountMinor, by: null, ...totals }, ...settled]
  }
  const noted: SagaEvent = { type: 'RefundNoted', refundId, amountMinor, ...totals }
  const newMinor = everRefunded(totals) - everRefunded(sale)
  // Later refunds were told before, so that this one is in their totals. It is still credited.
  if (newMinor <= 0n) return totals.refundedMinor > sale.creditedMinor ? [noted] : NOTHING
  const { settled, covered } = spread(withRefunded(sale, totals), { refundId, amountMinor: newMinor })
  return [...(settled.length > 0 ? settled : [noted]), ...covered]
}

/**
 * A refund by staff, spread over the claims whose refund is not repeated any more. It settles those that it covers with earlier ones, each with its own
 * amount, and all of them once nothing is left to refund, whoever refunded it. Its rest covers a part of the others, in their order.
 */
function spread(sale: Sale, { refundId, amountMinor: paidMinor }: Cover) {
  const isAll = sale.refundedMinor >= sale.capturedMinor
  let left = paidMinor
  const take = ({ amountMinor, coveredMinor }: RefundClaim, isPartEnough: boolean): Cover | null => {
    const due = amountMinor - coveredMinor
    const part = left < due ? left : due
    if (part < due && !isPartEnough) return null
    left -= part
    return { refundId, amountMinor: part }
  }
  const settled: SagaEvent[] = []
  const others: RefundClaim[] = []
  for (const claim of sale.claims.filter(isWaitingForStaff)) {
    const by = take(claim, isAll)
    if (by === null) others.push(claim)
    else {
      const amountMinor = claim.coveredMinor + by.amountMinor
      settled.push({ type: 'ClaimRefunded', id: claim.id, amountMinor, by, ...totalsOf(sale) })
    }
  }
  const covered = others.flatMap((claim): SagaEvent[] => {
    const by = take(claim, true)
    return by && by.amountMinor > 0n ? [{ type: 'ClaimCovered', id: claim.id, by }] : []
  })
  return { settled, covered }
}

const isWaitingForStaff = ({ refund, refundTry }: RefundClaim) => refund === 'OPEN' && isGivenUp(refundTry)

/**
 * A refund that failed after it had succeeded. The claims that it was for are open again, and wait for staff: the same refund would fail
 * again. Refunds by staff that were made after it, but told before, are for these claims unless others have them.
 */
export function whenReversed(saga: Saga, { type, ...told }: NewsOf<'RefundReversed'>): readonly SagaEvent[] {
  const before = saleOf(saga)
  const claimId = before.claims.find((claim) => isMadeFor(claim, told.refundId))?.id ?? null
  const isCover = before.claims.some(({ coveredBy }) =>
    coveredBy.some(({ refundId }) => refundId === told.refundId),
  )
  const isOpened = claimId !== null || isCover
  if (!isOpened && withRefunded(before, told) === before) return NOTHING
  const reversed: SagaEvent = { type, claimId, ...told }
  const sale = saleOf(evolve(saga, reversed))
  const covers = sale.claims.flatMap(({ coveredBy }) => coveredBy)
  const taken = covers.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)
  const laterMinor = everRefunded(sale) - everRefunded(told) - taken
  if (!isOpened || laterMinor <= 0n) return [reversed]
  const { settled, covered } = spread(sale, { refundId: null, amountMinor: laterMinor })
  return [reversed, ...settled, ...covered]
}

/** Whether a refund is that of a claim: the attempt that was made, or an earlier one than the attempt that is under way. */
function isMadeFor({ id, refund, refundTry }: RefundClaim, refundId: string): boolean {
  if (isGivenUp(refundTry)) return false
  const first = refund === 'DONE' ? refundTry : 1
  return Array.from({ length: refundTry - first + 1 }, (_, place) => refundIdOf(id, first + place)).includes(
    refundId,
  )
}

/**
 * Repeats a refused refund with the rest of the amount. If nothing is left, e.g. after a refund by staff, the
 * claim is settled.
 */
function refused(sale: Sale, { refundId, code, message }: NewsOf<'RefundFailed'>): readonly SagaEvent[] {
  const claim = sale.claims.find((known) => isTryOf(known, refundId))
  if (!claim) return NOTHING
  const { refundedMinor, capturedMinor } = sale
  return refundedMinor < capturedMinor
    ? [{ type: 'RefundRefused', claimId: claim.id, code, message }]
    : [{ type: 'ClaimRefunded', id: claim.id, amountMinor: 0n, by: null, refundedMinor }]
}
