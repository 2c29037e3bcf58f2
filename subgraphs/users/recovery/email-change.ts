import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { UserViewer } from '@argyle/kit/identity'
import { hashedBucket, type Throttle } from '@argyle/kit/throttle'
import { echo, type ValidationError, validate, validationError } from '@argyle/kit/user-errors'
import type { OwnPassword } from '../credential/own-password.ts'
import { EMAIL_CHANGES_PER_ACCOUNT } from '../credential/throttle.ts'
import { type InvalidCredentialsError, invalidCredentials } from '../session/session.ts'
import type { EmailChangeStore } from './email-change-store.ts'
import type { ByToken, LinkGate } from './link-gate.ts'
import type { LinkStore } from './link-store.ts'
import { requestEmailChangeInput } from './recovery-input.ts'

type Parts = {
  readonly changes: EmailChangeStore
  readonly links: Pick<LinkStore, 'requestChange'>
  readonly gate: LinkGate
  readonly throttle: Throttle
  readonly ownPassword: OwnPassword
}

export type EmailChange = ReturnType<typeof emailChange>

/** Changes of e-mail addresses. All reject with RATE_LIMITED. */
export function emailChange({ changes, links, gate: { take, byTokenAlone }, throttle, ownPassword }: Parts) {
  return {
    /**
     * Requests a link to the new address. The answer does not depend on whether the address has an account.
     */
    async request(
      viewer: UserViewer,
      input: unknown,
      clientAddress: string | null,
    ): Promise<Decision<true, InvalidCredentialsError | ValidationError>> {
      const checked = validate(requestEmailChangeInput, input)
      if (!checked.ok) return checked
      const { email, currentPassword } = checked.value
      const proved = await ownPassword(viewer, currentPassword, clientAddress)
      if (!proved) return refuse(invalidCredentials())
      if (proved.account.email === email) return refuse(sameEmail(email))
      await throttle.take(hashedBucket('email-change', viewer.id), EMAIL_CHANGES_PER_ACCOUNT)
      await take(email, clientAddress)
      const isAsked = await links.requestChange(email, viewer.id, proved.passwordHash)
      return isAsked ? accept(true) : refuse(invalidCredentials())
    },

    /** Changes the address by the token of a link to the new one. */
    confirm: (input: unknown, clientAddress: string | null): Promise<ByToken> =>
      byTokenAlone(input, clientAddress, changes.confirm),

    /** Reverts a change by the token of a link to the previous address. */
    undo: (input: unknown, clientAddress: string | null): Promise<ByToken> =>
      byTokenAlone(input, clientAddress, changes.undo),
  }
}

function sameEmail(email: string): ValidationError {
  const message = `email is ${echo(email)}, the address of the account: allowed is another one`
  return validationError(message, ['email'])
}
