import type { Decision } from '@argyle/kit/decision'
import { throttleGuess } from '@argyle/kit/guesses'
import { type Allowance, addressBucket, hashedBucket, type Throttle } from '@argyle/kit/throttle'
import type { UserError } from '@argyle/kit/user-errors'

/** Failed codes of one account, or on one guest cart: 10 at once, then one a minute. */
export const PER_SHOPPER: Allowance = { burst: 10, everyMs: 60_000 }
/**
 * Failed codes from one address, with any account or cart. An office behind one address must still be able to
 * use coupons.
 */
export const PER_ADDRESS: Allowance = { burst: 60, everyMs: 10_000 }

/** The source of an attempt. `shopper`: the id of a signed-in customer, null for a guest. */
export type Guesser = {
  readonly shopper: string | null
  readonly cartId: string
  readonly clientAddress: string | null
}

/** Whether a refusal reveals something about a failed code: only those count as attempts. */
function wasInVain(decision: Decision<unknown, UserError>): boolean {
  return !decision.ok && decision.errors.some(({ path }) => path?.[0] === 'code')
}

/**
 * Counts one attempt at a coupon code while `attempt` runs. A valid code, and a refusal for another reason,
 * do not count.
 * @throws GraphQLError RATE_LIMITED
 */
export function throttleCode<T, E extends UserError>(
  throttle: Throttle,
  { shopper, cartId, clientAddress }: Guesser,
  attempt: () => Promise<Decision<T, E>>,
): Promise<Decision<T, E>> {
  const buckets = [
    { key: addressBucket('coupon', clientAddress), allowance: PER_ADDRESS },
    { key: hashedBucket('coupon', shopper ?? cartId), allowance: PER_SHOPPER },
  ]
  return throttleGuess(throttle, buckets, attempt, wasInVain)
}
