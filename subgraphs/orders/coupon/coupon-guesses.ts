import type { Decision } from '@argyle/kit/decision'
import { type Allowance, addressBucket, hashedBucket, type Throttle } from '@argyle/kit/throttle'
import type { UserError } from '@argyle/kit/user-errors'

/** Codes that were tried in vain by one account, or on one guest's cart: 10 at once, then one a minute. */
export const PER_SHOPPER: Allowance = { burst: 10, everyMs: 60_000 }
/** The same from one address, with any account or cart. An office behind one address must still get its discounts. */
export const PER_ADDRESS: Allowance = { burst: 60, everyMs: 10_000 }

/** Who tries a code. `shopper`: the id of a signed-in customer, null for a guest. */
export type Guesser = {
  readonly shopper: string | null
  readonly cartId: string
  readonly clientAddress: string | null
}

/** Whether an answer tells something of a code that was in vain: only those use up attempts. */
function wasInVain(decision: Decision<unknown, UserError>): boolean {
  return !decision.ok && decision.errors.some(({ path }) => path?.[0] === 'code')
}

/**
 * Counts one attempt at a coupon code while `attempt` runs. A code that is right, and a refusal which has nothing to do with
 * the code, do not count. The address comes first, so that made-up cart ids cannot fill the table.
 * @throws GraphQLError RATE_LIMITED
 */
export async function countingGuess<T, E extends UserError>(
  throttle: Throttle,
  { shopper, cartId, clientAddress }: Guesser,
  attempt: () => Promise<Decision<T, E>>,
): Promise<Decision<T, E>> {
  const ofAddress = addressBucket('coupon', clientAddress)
  const ofShopper = hashedBucket('coupon', shopper ?? cartId)
  await throttle.take(ofAddress, PER_ADDRESS)
  try {
    await throttle.take(ofShopper, PER_SHOPPER)
  } catch (error) {
    await throttle.giveBack(ofAddress, PER_ADDRESS)
    throw error
  }
  const decision = await attempt()
  if (!wasInVain(decision)) {
    await throttle.giveBack(ofAddress, PER_ADDRESS)
    await throttle.giveBack(ofShopper, PER_SHOPPER)
  }
  return decision
}
