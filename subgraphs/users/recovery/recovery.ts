import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { UserViewer } from '@argyle/kit/identity'
import { type ValidationError, validate } from '@argyle/kit/user-errors'
import type { AccountStore } from '../account/account-store.ts'
import type { HashQueue } from '../credential/hash-queue.ts'
import type { OwnPassword } from '../credential/own-password.ts'
import { passwordFault, passwordRefused } from '../credential/password.ts'
import { hashPassword } from '../credential/password-hash.ts'
import { type InvalidCredentialsError, invalidCredentials } from '../session/session.ts'
import type { ByToken, LinkGate } from './link-gate.ts'
import type { LinkStore } from './link-store.ts'
import { invalidToken } from './link-token.ts'
import { changePasswordInput, requestPasswordResetInput, resetPasswordInput } from './recovery-input.ts'

type Parts = {
  readonly accounts: AccountStore
  readonly links: LinkStore
  readonly gate: LinkGate
  readonly queue: HashQueue
  readonly ownPassword: OwnPassword
}

export type Recovery = ReturnType<typeof recovery>

/**
 * Forgotten and changed passwords, and the verification of e-mail addresses. All functions reject with
 * RATE_LIMITED.
 */
export function recovery({
  accounts,
  links,
  gate: { ask, byToken, byTokenAlone },
  queue,
  ownPassword,
}: Parts) {
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
    /**
     * Requests a link for a new password. The answer does not depend on whether the address has an account.
     */
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

    /** Changes a password, given the current one. */
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
      const proved = await ownPassword(viewer, currentPassword, clientAddress)
      if (!proved) return refuse(invalidCredentials())
      const hash = await queue(() => hashPassword(password))
      const isChanged = await links.change(viewer, proved.passwordHash, hash)
      return isChanged ? accept(true) : refuse(invalidCredentials())
    },

    /** Requests a link that verifies the viewer's own address. */
    async requestEmailVerification({ id }: UserViewer, clientAddress: string | null): Promise<true> {
      const [account] = await accounts.byIds([id])
      if (account && !account.emailVerifiedAt) await ask('VERIFY_EMAIL', account.email, clientAddress)
      return true
    },

    /** Verifies an address by the token of a link. */
    verifyEmail: (input: unknown, clientAddress: string | null): Promise<ByToken> =>
      byTokenAlone(input, clientAddress, links.verify),
  }
}
