import type { UserViewer } from '@argyle/kit/identity'
import type { AccountStore } from '../account/account-store.ts'
import type { PasswordChecker, Proved } from './check-password.ts'
import { MAX_PASSWORD_LENGTH } from './password.ts'

/**
 * The viewer's account with the hash that was checked; null if the password is wrong. Rejects with
 * RATE_LIMITED.
 */
export type OwnPassword = (
  viewer: UserViewer,
  password: string,
  clientAddress: string | null,
) => Promise<Proved | null>

type Parts = { readonly accounts: Pick<AccountStore, 'byIds'>; readonly checkPassword: PasswordChecker }

/** Checks the password of a signed-in viewer again, under the throttles of a sign-in. */
export function ownPasswordChecker({ accounts, checkPassword }: Parts): OwnPassword {
  return async ({ id }, password, clientAddress) => {
    const [account] = await accounts.byIds([id])
    // No account has such a password, so do not hash it.
    if (!account || password.length > 2 * MAX_PASSWORD_LENGTH) return null
    const checked = await checkPassword({ email: account.email, password }, clientAddress)
    // The address may belong to another account since.
    return checked?.account.id === id ? checked : null
  }
}
