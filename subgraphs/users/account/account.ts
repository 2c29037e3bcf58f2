import { accept, type Decision, refuse } from '@argyle/kit/decision'
import {
  type UserError,
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'
import type { Role } from './role.ts'

export type Account = {
  readonly id: string
  /** Normalised, see email.ts. */
  readonly email: string
  readonly displayName: string
  /** In the order in which they were granted; always includes CUSTOMER. */
  readonly roles: readonly Role[]
  readonly version: number
  readonly createdAt: Date
  readonly updatedAt: Date
  /** The time at which the owner proved that they read the address; null until then. */
  readonly emailVerifiedAt: Date | null
}

export type EmailTakenError = UserError & { readonly __typename: 'EmailTakenError' }
export type LastAdministratorError = UserError & { readonly __typename: 'LastAdministratorError' }

export function emailTaken(email: string): EmailTakenError {
  const message = `email is ${JSON.stringify(email)}, which has an account: sign in, or use another address`
  return { __typename: 'EmailTakenError', message, path: ['email'] }
}

/** A new account. It has the role CUSTOMER only; administrators grant staff roles. */
export function newAccount(id: string, email: string, displayName: string, now: Date): Account {
  return {
    id,
    email,
    displayName,
    roles: ['CUSTOMER'],
    version: 1,
    createdAt: now,
    updatedAt: now,
    emailVerifiedAt: null,
  }
}

/** Changes the public name; an equal name changes nothing. */
export function rename(
  account: Account,
  { expectedVersion, displayName }: { expectedVersion: number; displayName?: string },
  now: Date,
): Decision<Account, VersionConflictError> {
  if (account.version !== expectedVersion) return refuse(versionConflict(expectedVersion, account.version))
  if (displayName === undefined || displayName === account.displayName) return accept(account)
  return accept({ ...account, displayName, version: account.version + 1, updatedAt: now })
}

/** Grants a role; a role that the account has changes nothing. */
export function grantRole(
  account: Account,
  { expectedVersion, role }: { expectedVersion: number; role: Role },
  now: Date,
): Decision<Account, VersionConflictError> {
  if (account.version !== expectedVersion) return refuse(versionConflict(expectedVersion, account.version))
  if (account.roles.includes(role)) return accept(account)
  return accept({ ...account, roles: [...account.roles, role], version: account.version + 1, updatedAt: now })
}

type RevokeRefusal = VersionConflictError | LastAdministratorError | ValidationError

/**
 * Revokes a role; a role that the account lacks changes nothing.
 * @param administrators number of accounts with ADMIN, including this one.
 */
export function revokeRole(
  account: Account,
  { expectedVersion, role }: { expectedVersion: number; role: Role },
  administrators: number,
  now: Date,
): Decision<Account, RevokeRefusal> {
  if (account.version !== expectedVersion) return refuse(versionConflict(expectedVersion, account.version))
  if (role === 'CUSTOMER') {
    const message =
      'role is CUSTOMER: allowed is SUPPORT, WAREHOUSE, MERCHANDISER, ANALYST, MARKETER, ADMIN; every account is a customer'
    return refuse(validationError(message, ['role']))
  }
  if (!account.roles.includes(role)) return accept(account)
  if (role === 'ADMIN' && administrators <= 1) return refuse(lastAdministrator(account.id))
  const roles = account.roles.filter((held) => held !== role)
  return accept({ ...account, roles, version: account.version + 1, updatedAt: now })
}

/** The refusal to revoke or delete the last administrator. */
export function lastAdministrator(id: string): LastAdministratorError {
  const message = `${id} is the last administrator: grant ADMIN to another account first`
  return { __typename: 'LastAdministratorError', message, path: ['userId'] }
}
