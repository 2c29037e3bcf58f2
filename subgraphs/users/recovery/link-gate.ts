// Tested in recovery.int.test.ts: the test checks its operations.
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { addressBucket, hashedBucket, type Throttle } from '@argyle/kit/throttle'
import { type ValidationError, validate } from '@argyle/kit/user-errors'
import { LINKS_PER_ADDRESS, LINKS_PER_EMAIL, TOKENS_PER_ADDRESS } from '../credential/throttle.ts'
import type { LinkStore } from './link-store.ts'
import { type InvalidTokenError, invalidToken, type LinkPurpose } from './link-token.ts'
import { isLinkToken, tokenInput } from './recovery-input.ts'

/** The outcome of a mutation by the token of a link. */
export type ByToken = Decision<true, InvalidTokenError | ValidationError>

const isInvalidToken = (decision: ByToken) =>
  !decision.ok && decision.errors.some(({ __typename }) => __typename === 'InvalidTokenError')

type Parts = { readonly links: LinkStore; readonly throttle: Throttle }

export type LinkGate = ReturnType<typeof linkGate>

/** The throttles before links and their tokens. All functions reject with RATE_LIMITED. */
export function linkGate({ links, throttle }: Parts) {
  /** Runs work for a token. Invalid tokens are counted. */
  async function byToken(
    token: string,
    clientAddress: string | null,
    work: () => Promise<ByToken>,
  ): Promise<ByToken> {
    const bucket = addressBucket('link-token', clientAddress)
    if (clientAddress !== null) await throttle.take(bucket, TOKENS_PER_ADDRESS)
    const decision = isLinkToken(token) ? await work() : refuse(invalidToken())
    if (clientAddress !== null && !isInvalidToken(decision))
      await throttle.giveBack(bucket, TOKENS_PER_ADDRESS)
    return decision
  }

  async function take(email: string, clientAddress: string | null): Promise<void> {
    // The caller's bucket comes first: a request that it refuses does not count in the buckets of others.
    if (clientAddress !== null) await throttle.take(addressBucket('link', clientAddress), LINKS_PER_ADDRESS)
    await throttle.take(hashedBucket('link', email), LINKS_PER_EMAIL)
  }

  return {
    byToken,

    /** Takes one link to an address from the buckets. */
    take,

    /** Requests a link to the address of an account. */
    async ask(purpose: LinkPurpose, email: string, clientAddress: string | null): Promise<void> {
      await take(email, clientAddress)
      await links.request(purpose, email)
    },

    /** Runs a mutation whose input is only a token. @param use resolves to whether the token was valid */
    async byTokenAlone(
      input: unknown,
      clientAddress: string | null,
      use: (token: string) => Promise<boolean>,
    ): Promise<ByToken> {
      const checked = validate(tokenInput, input)
      if (!checked.ok) return checked
      const { token } = checked.value
      return byToken(token, clientAddress, async () =>
        (await use(token)) ? accept(true) : refuse(invalidToken()),
      )
    },
  }
}
