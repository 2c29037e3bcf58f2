import type { Throttle } from '@argyle/kit/throttle'
import type { Account } from '../account/account.ts'
import type { AccountStore } from '../account/account-store.ts'
import type { HashQueue } from './hash-queue.ts'
import { hashPassword, unmatchableHash, verifyPassword } from './password-hash.ts'
import { passwordBuckets } from './throttle.ts'

export type Credentials = { readonly email: string; readonly password: string }

/**
 * An account whose password was right. Hashing takes a while, in which the password may be replaced: the transaction that acts on it compares
 * `passwordHash` again (`lockProved`).
 */
export type Proved = { readonly account: Account; readonly passwordHash: string }

export type PasswordChecker = (
  credentials: Credentials,
  clientAddress: string | null,
) => Promise<Proved | null>

type Parts = {
  accounts: Pick<AccountStore, 'byEmail' | 'passwordHashOf' | 'rehash'>
  throttle: Omit<Throttle, 'forget'>
  queue: HashQueue
}

/**
 * Checks a password for an e-mail address, under throttles. The answer for an unknown address is the same as
 * for a wrong password and takes as long, since a hash is verified either way.
 * @returns the account with the hash that was checked, or null. It rejects with RATE_LIMITED.
 */
export function passwordChecker({ accounts, throttle, queue }: Parts): PasswordChecker {
  const nobody = unmatchableHash()

  async function judge({ email, password }: Credentials, isAgain = false): Promise<Proved | null> {
    const account = await accounts.byEmail(email)
    const stored = account && (await accounts.passwordHashOf(account.id))
    const { matches, outdated } = await queue(() => verifyPassword(stored ?? nobody, password))
    if (!matches || !account || !stored) return null
    if (!outdated) return { account, passwordHash: stored }
    const passwordHash = await queue(() => hashPassword(password))
    if (await accounts.rehash(account.id, stored, passwordHash)) return { account, passwordHash }
    // Another request has replaced the hash meanwhile, by a current one.
    return isAgain ? null : judge({ email, password }, true)
  }

  return async (credentials, clientAddress) => {
    const { own, shared } = passwordBuckets(credentials.email, clientAddress)
    const taken = [own, ...shared]
    for (const { key, allowance } of taken) await throttle.take(key, allowance)
    const proved = await judge(credentials).catch(async (error: unknown) => {
      // No password was judged: a full queue, which strangers can cause, must not use up the owner's attempts.
      for (const { key, allowance } of taken) await throttle.giveBack(key, allowance)
      throw error
    })
    if (proved) {
      // A right password clears the earlier failures from this address. In the wider buckets it only does not
      // count.
      await throttle.clear(own.key)
      for (const { key, allowance } of shared) await throttle.giveBack(key, allowance)
    }
    return proved
  }
}
