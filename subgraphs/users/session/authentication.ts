import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { UserViewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { addressBucket, hashedBucket, type Throttle } from '@argyle/kit/throttle'
import {
  type IdempotencyKeyReusedError,
  idempotencyKeyReused,
  type ValidationError,
  validate,
} from '@argyle/kit/user-errors'
import { type EmailTakenError, newAccount } from '../account/account.ts'
import { signInSchema, signUpSchema } from '../account/account-input.ts'
import type { AccountStore } from '../account/account-store.ts'
import type { PasswordChecker, Proved } from '../credential/check-password.ts'
import type { HashQueue } from '../credential/hash-queue.ts'
import { MAX_PASSWORD_LENGTH, passwordFault, passwordRefused } from '../credential/password.ts'
import { hashPassword } from '../credential/password-hash.ts'
import {
  REFRESHES_PER_ADDRESS,
  SIGN_UPS_PER_ADDRESS,
  SIGN_UPS_PER_EMAIL,
  SIGN_UPS_PER_EMAIL_IN_ALL,
} from '../credential/throttle.ts'
import type { Opened, Opener } from './open-session.ts'
import { isRefreshToken } from './refresh-token.ts'
import { type InvalidCredentialsError, invalidCredentials, sessionOver } from './session.ts'
import type { SessionStore } from './session-store.ts'
import type { SignInStore } from './sign-in-store.ts'

export type AuthenticationParts = {
  readonly accounts: AccountStore
  readonly sessions: SessionStore
  readonly signIns: SignInStore
  readonly throttle: Throttle
  readonly queue: HashQueue
  readonly checkPassword: PasswordChecker
  readonly open: Opener
  readonly clock: Clock
  /** Called when a consumed refresh token is used: somebody has a copy of it. */
  onReplay(userId: string, sessionId: string): void
}

export type Authentication = ReturnType<typeof authentication>

type SignUpRefusal = EmailTakenError | IdempotencyKeyReusedError | ValidationError
type SignInRefusal = InvalidCredentialsError | ValidationError

/** Opening, refreshing and ending sessions. */
export function authentication(parts: AuthenticationParts) {
  const { accounts, sessions, signIns, checkPassword, open } = parts

  async function start(
    { account, passwordHash }: Proved,
    clientAddress: string | null,
  ): Promise<Decision<Opened, InvalidCredentialsError>> {
    const granted = await sessions.start(account.id, passwordHash)
    if (!granted) return refuse(invalidCredentials())
    await signIns.note(account.id, clientAddress)
    return accept(await open(account, granted))
  }

  return {
    /** Creates an account and opens its first session. Rejects with RATE_LIMITED. */
    async signUp(input: unknown, clientAddress: string | null): Promise<Decision<Opened, SignUpRefusal>> {
      const checked = validate(signUpSchema, input)
      if (!checked.ok) return checked
      const { email, password, displayName } = checked.value
      const fault = passwordFault(password, { email, displayName })
      if (fault !== null) return refuse(passwordRefused(fault))
      const made = await makeAccount(parts, checked.value, clientAddress)
      if (!made.ok) return made
      const started = await start(made.value, clientAddress)
      // The password was replaced since the account was created, so the request is no longer the same.
      return started.ok ? started : refuse(idempotencyKeyReused(checked.value.idempotencyKey))
    },

    /** Opens a session. Rejects with RATE_LIMITED. */
    async signIn(input: unknown, clientAddress: string | null): Promise<Decision<Opened, SignInRefusal>> {
      const checked = validate(signInSchema, input)
      if (!checked.ok) return checked
      const { length } = checked.value.password
      // No account has such a password, so do not hash it. A character has up to two UTF-16 units, so the
      // test is generous.
      if (length === 0 || length > 2 * MAX_PASSWORD_LENGTH)
        return refuse(passwordRefused(`has ${length} characters`))
      const proved = await checkPassword(checked.value, clientAddress)
      return proved ? start(proved, clientAddress) : refuse(invalidCredentials())
    },

    /** Refreshes the session of a refresh token. Rejects with RATE_LIMITED. */
    async refresh(
      token: string | null,
      clientAddress: string | null,
    ): Promise<Decision<Opened, InvalidCredentialsError>> {
      if (token === null || !isRefreshToken(token)) return refuse(sessionOver())
      const bucket = addressBucket('refresh', clientAddress)
      if (clientAddress !== null) await parts.throttle.take(bucket, REFRESHES_PER_ADDRESS)
      const refreshed = await sessions.refresh(token)
      const isWrong = refreshed.verdict === 'REPLAY' || refreshed.verdict === 'OVER'
      if (clientAddress !== null && !isWrong) await parts.throttle.giveBack(bucket, REFRESHES_PER_ADDRESS)
      if (refreshed.verdict === 'REPLAY') parts.onReplay(refreshed.session.userId, refreshed.session.id)
      if (refreshed.verdict === 'REPLAY' || refreshed.verdict === 'OVER') return refuse(sessionOver())
      const [account] = await accounts.byIds([refreshed.session.userId])
      return account ? accept(await open(account, refreshed)) : refuse(sessionOver())
    },

    /** Ends the caller's session, or all sessions of the account. */
    signOut: (viewer: UserViewer, everywhere: boolean): Promise<void> =>
      everywhere ? sessions.endAll(viewer.id) : sessions.end(viewer.id, viewer.sessionId),
  }
}

type NewAccountInput = { idempotencyKey: string; email: string; password: string; displayName: string }

/**
 * Creates the account, or finds the one that the same request created before. The password is not part of the
 * request stored under the idempotency key: from a plain hash, a thief of the table could guess it fast. So a
 * repeated request is verified by the password, as at sign-in.
 */
async function makeAccount(
  { accounts, throttle, queue, checkPassword, clock }: AuthenticationParts,
  { idempotencyKey: key, email, password, displayName }: NewAccountInput,
  clientAddress: string | null,
) {
  if (clientAddress !== null)
    await throttle.take(addressBucket('sign-up', clientAddress), SIGN_UPS_PER_ADDRESS)
  // Hash before the transaction, which would otherwise hold its locks meanwhile.
  const passwordHash = await queue(() => hashPassword(password))
  const account = newAccount(newId('usr'), email, displayName, clock())
  const claim = { principal: 'anonymous', mutation: 'signUp', key, request: { email, displayName } }
  const buckets = [
    { key: hashedBucket('sign-up', email, addressBucket('', clientAddress)), allowance: SIGN_UPS_PER_EMAIL },
    { key: hashedBucket('sign-up', email), allowance: SIGN_UPS_PER_EMAIL_IN_ALL },
  ]
  // A sign-up with a known address creates no account and sends no e-mail, so it does not count.
  const isCounted = (await accounts.byEmail(email)) === null
  if (isCounted) for (const { key: bucket, allowance } of buckets) await throttle.take(bucket, allowance)
  const made = await accounts.create(claim, account, passwordHash)
  const isMade = made.ok && made.value.userId === account.id
  if (isCounted && !isMade)
    for (const { key: bucket, allowance } of buckets) await throttle.giveBack(bucket, allowance)
  if (!made.ok) return made
  if (made.value.userId === account.id) return accept({ account, passwordHash })
  const before = await checkPassword({ email, password }, clientAddress)
  return before ? accept(before) : refuse(idempotencyKeyReused(key))
}
