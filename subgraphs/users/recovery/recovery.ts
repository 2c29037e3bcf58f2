import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { UserViewer } from '@argyle/kit/identity'
import { addressBucket, hashedBucket, type Throttle } from '@argyle/kit/throttle'
import { type ValidationError, validate } from '@argyle/kit/user-errors'
import type { AccountStore } from '../account/account-store.ts'
import type { PasswordChecker } from '../credential/check-password.ts'
import type { HashQueue } from '../credential/hash-queue.ts'
import { LONGEST_PASSWORD, passwordFault, passwordRefused } from '../credential/password.ts'
import { hashPassword } from '../credential/password-hash.ts'
import { LINKS_PER_ADDRESS, LINKS_PER_EMAIL, TOKENS_PER_ADDRESS } from '../credential/throttle.ts'
import { type InvalidCredentialsError, invalidCredentials } from '../session/session.ts'
import type { LinkStore } from './link-store.ts'
import { type InvalidTokenError, invalidToken, type Purpose } from './link-token.ts'
import {
  changePasswordInput,
  isLinkToken,
  requestPasswordResetInput,
  resetPasswordInput,
  verifyEmailInput,
} from './recovery-input.ts'

type Parts = {
  readonly accounts: AccountStore
  readonly links: LinkStore
  readonly throttle: Throttle
  readonly queue: HashQueue
  readonly checkPassword: PasswordChecker
}

export type Recovery = ReturnType<typeof recovery>

type ByToken = Decision<true, InvalidTokenError | ValidationError>

/** Forgotten and changed passwords, and the proof of e-mail addresses. All reject with RATE_LIMITED. */
export function recovery({ accounts, links, throttle, queue, checkPassword }: Parts) {
  async function ask(purpose: Purpose, email: string, clientAddress: string | null): Promise<void> {
    // The caller's bucket first: one that has used its own up must not use up those of others.
    if (clientAddress !== null) await throttle.take(addressBucket('link', clientAddress), LINKS_PER_ADDRESS)
    await throttle.take(hashedBucket('link', email), LINKS_PER_EMAIL)
    await links.request(purpose, email)
  }

  /** Runs work for a token; tokens that do not work are counted. */
  async function byToken(
    token: string,
    clientAddress: string | null,
    work: () => Promise<ByToken>,
  ): Promise<ByToken> {
    const bucket = addressBucket('link-token', clientAddress)
    if (clientAddress !== null) await throttle.take(bucket, TOKENS_PER_ADDRESS)
    const decision = isLinkToken(token) ? await work() : refuse(invalidToken())
    if (clientAddress !== null && decision.ok) await throttle.giveBack(bucket, TOKENS_PER_ADDRESS)
    return decision
  }

  async function reset(token: string, password: string): Promise<ByToken> {
    const account = await links.accountOf(token, 'RESET_PASSWORD')
    if (!account) return refuse(invalidToken())
    const fault = passwordFault(password, account)
    if (fault !== null) return refuse(passwordRefused(fault))
    // Hash before the transaction, which would otherwise hold its locks meanwhile.
    const hash = await queue(() => hashPassword(password))
    return (await links.reset(token, hash)) ? accept(true) : refuse(invalidToken())
  }

  return {
    /** Asks for a link to a password. The answer does not depend on whether the address has an account. */
    async requestPasswordReset(
      input: unknown,
      clientAddress: string | null,
    ): Promise<Decision<true, ValidationError>> {
      const checked = validate(requestPasswordResetInput, input)
      if (!checked.ok) return checked
      await ask('RESET_PASSWORD', checked.value.email, clientAddress)
      return accept(true)
    },

    /** Sets a password by the token of a link. */
    async resetPassword(input: unknown, clientAddress: string | null): Promise<ByToken> {
      const checked = validate(resetPasswordInput, input)
      if (!checked.ok) return checked
      const { token, password } = checked.value
      return byToken(token, clientAddress, () => reset(token, password))
    },

    /** Sets a password by the one before. */
    async changePassword(
      viewer: UserViewer,
      input: unknown,
      clientAddress: string | null,
    ): Promise<Decision<true, InvalidCredentialsError | ValidationError>> {
      const checked = validate(changePasswordInput, input)
      if (!checked.ok) return checked
      const { currentPassword, password } = checked.value
      const [account] = await accounts.byIds([viewer.id])
      if (!account) return refuse(invalidCredentials())
      const fault = passwordFault(password, account)
      if (fault !== null) return refuse(passwordRefused(fault))
      // No account has such a password, so do not hash it.
      const isTooLong = currentPassword.length > 2 * LONGEST_PASSWORD
      const credentials = { email: account.email, password: currentPassword }
      if (isTooLong || !(await checkPassword(credentials, clientAddress))) return refuse(invalidCredentials())
      await links.change(viewer.id, viewer.sessionId, await queue(() => hashPassword(password)))
      return accept(true)
    },

    /** Asks for a link that proves the viewer's own address. */
    async requestEmailVerification({ id }: UserViewer, clientAddress: string | null): Promise<true> {
      const [account] = await accounts.byIds([id])
      if (account && !account.emailVerifiedAt) await ask('VERIFY_EMAIL', account.email, clientAddress)
      return true
    },

    /** Proves an address by the token of a link. */
    async verifyEmail(input: unknown, clientAddress: string | null): Promise<ByToken> {
      const checked = validate(verifyEmailInput, input)
      if (!checked.ok) return checked
      const { token } = checked.value
      return byToken(token, clientAddress, async () =>
        (await links.verify(token)) ? accept(true) : refuse(invalidToken()),
      )
    },
  }
}
