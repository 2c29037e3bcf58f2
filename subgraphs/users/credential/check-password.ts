import type { Account } from '../account/account.ts'
import type { AccountStore } from '../account/account-store.ts'
import type { HashQueue } from './hash-queue.ts'
import { hashPassword, unmatchableHash, verifyPassword } from './password-hash.ts'
import { accountKey, addressKey, PER_ACCOUNT, PER_ADDRESS } from './throttle.ts'
import type { ThrottleStore } from './throttle-store.ts'

export type Credentials = { readonly email: string; readonly password: string }

export type PasswordChecker = (
  credentials: Credentials,
  clientAddress: string | null,
) => Promise<Account | null>

type Parts = { accounts: AccountStore; throttle: ThrottleStore; queue: HashQueue }

/**
 * Checks an e-mail address with its password, under both throttles. The answer for an unknown address is the same as for a
 * wrong password, and takes as long: a hash is verified either way.
 * @returns the account, or null. It rejects with RATE_LIMITED.
 */
export function passwordChecker({ accounts, throttle, queue }: Parts): PasswordChecker {
  const nobody = unmatchableHash()

  async function judge({ email, password }: Credentials): Promise<Account | null> {
    const account = await accounts.byEmail(email)
    const stored = account && (await accounts.passwordHashOf(account.id))
    const { matches, outdated } = await queue(() => verifyPassword(stored ?? nobody, password))
    if (!matches || !account || !stored) return null
    if (outdated) await accounts.rehash(account.id, stored, await queue(() => hashPassword(password)))
    return account
  }

  return async (credentials, clientAddress) => {
    const ofAccount = accountKey(credentials.email)
    const ofAddress = clientAddress === null ? null : addressKey('sign-in', clientAddress)
    if (ofAddress) await throttle.take(ofAddress, PER_ADDRESS)
    await throttle.take(ofAccount, PER_ACCOUNT)
    const account = await judge(credentials)
    if (account) {
      await throttle.clear(ofAccount)
      if (ofAddress) await throttle.giveBack(ofAddress, PER_ADDRESS)
    }
    return account
  }
}
