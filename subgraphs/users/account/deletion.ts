import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type Account, type LastAdministratorError, lastAdministrator } from './account.ts'

/** The data that is kept of a deleted account. */
export type DeletedAccount = {
  readonly userId: string
  /** Greater than every version of the account. */
  readonly version: number
  readonly deletedAt: Date
}

/**
 * Deletes an account for good. The shop keeps an administrator.
 * @param administrators number of accounts with ADMIN, including this one if it has the role.
 */
export function deleteAccount(
  { id, roles, version }: Account,
  administrators: number,
  now: Date,
): Decision<DeletedAccount, LastAdministratorError> {
  if (roles.includes('ADMIN') && administrators <= 1) return refuse(lastAdministrator(id))
  return accept({ userId: id, version: version + 1, deletedAt: now })
}
