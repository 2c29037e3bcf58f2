// Tested in any-refund.test.ts: the test follows a refund.

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

/**
 * The events of a successful or failed refund. An order that is cancelled or being cancelled has them too.
 */
export function onRefund(
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
  { refundId, amountMinor, ...sums }: NewsOf<'PaymentRefunded'>,
): readonly SagaEvent[] {
  const totals = totalsOf(sums)
  const claim = sale.claims.find((known) => isTryOf(known, refundId))
  if (claim) {
    const claims = sale.claims.filter((other) => other !== claim)
    const { settled } = spread(withRefunded({ ...sale, claims }, totals), { refundId, amountMinor: 0n })
    return [{ type: 'ClaimRefunded', id: claim.id, amountMinor, by: null, ...totals }, ...settled]
  }
  const noted: SagaEvent = { type: 'RefundNoted', refundId, amountMinor, ...totals }
  const newMinor = everRefunded(totals) - everRefunded(sale)
  // The totals of a later refund arrived first and include this one. A credit note is still due for it.
  if (newMinor <= 0n) return totals.refundedMinor > sale.creditedMinor ? [noted] : NOTHING
  const { settled, covered } = spread(withRefunded(sale, totals), { refundId, amountMinor: newMinor })
  return [...(settled.length > 0 ? settled : [noted]), ...covered]
}

/**
 * Spreads a refund by staff over the claims whose refund is not repeated any more. A claim is settled once it
 * is fully covered, with its own amount. All claims are settled once nothing is left to refund, whoever made
 * the refunds. The rest of the refund covers other claims in part, in their order.
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
 * A refund that failed after it had succeeded. Its claims are open again and wait for staff, because the same
 * refund would fail again. A refund by staff that was made after it, but whose message arrived first, covers
 * these claims with what it does not cover of others. They are settled if nothing is left to refund.
 */
export function whenReversed(
  saga: Saga,
  { type, ...reversal }: NewsOf<'RefundReversed'>,
): readonly SagaEvent[] {
  const before = saleOf(saga)
  const claimId = before.claims.find((claim) => isMadeFor(claim, reversal.refundId))?.id ?? null
  const isCoveredBy = ({ coveredBy }: RefundClaim) =>
    coveredBy.some(({ refundId }) => refundId === reversal.refundId)
  const isCover = before.claims.some(isCoveredBy)
  const isOpened = claimId !== null || isCover
  if (!isOpened && withRefunded(before, reversal) === before) return NOTHING
  const isReopened = (claim: RefundClaim) =>
    claim.refund === 'DONE' && (claim.id === claimId || isCoveredBy(claim))
  const reopened = before.claims.filter(isReopened).map(({ id }) => id)
  const reversed: SagaEvent = { type, claimId, reopened, ...reversal }
  const sale = saleOf(evolve(saga, reversed))
  const laterMinor = everRefunded(sale) - everRefunded(reversal)
  const freeMinor = beyondClaims(sale)
  const amountMinor = laterMinor < freeMinor ? laterMinor : freeMinor
  const { settled, covered } = spread(sale, { refundId: null, amountMinor })
  return [reversed, ...settled, ...covered]
}

/** The part of the refunds that neither are a claim's own nor cover one. */
function beyondClaims({ refundedMinor, claims }: Sale): bigint {
  return claims.reduce(
    (rest, { refund, amountMinor, coveredMinor }) => rest - (refund === 'DONE' ? amountMinor : coveredMinor),
    refundedMinor,
  )
}

/**
 * Whether a refund belongs to a claim: the attempt that succeeded, or one up to the attempt that is under
 * way.
 */
function isMadeFor({ id, refund, refundTry }: RefundClaim, refundId: string): boolean {
  if (isGivenUp(refundTry)) return false
  const first = refund === 'DONE' ? refundTry : 1
  return Array.from({ length: refundTry - first + 1 }, (_, place) => refundIdOf(id, first + place)).includes(
    refundId,
  )
}

/**
 * Repeats a failed refund with the rest of the amount. If nothing is left, e.g. after a refund by staff, the
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
