import type { Connection } from '@argyle/kit/connection'
import { forbidden, unauthenticated } from '@argyle/kit/errors'
import { hasScope, isSelf, type UserViewer, type Viewer } from '@argyle/kit/identity'
import type { Account } from './account.ts'

/**
 * An account in an answer. `reader` is set if the viewer of the account is not the caller of the request: in
 * the answer to a sign-in it is the account that has just signed in.
 */
export type ShownAccount = Account & { readonly reader?: UserViewer }

/** A page of accounts. Their number is counted only where it is asked for. */
export type AccountPage = Connection<ShownAccount>

/** The viewer of this account. */
export function readerOf({ reader }: ShownAccount, viewer: Viewer): Viewer {
  return reader ?? viewer
}

/**
 * Whether this reader may see an account's private fields: its owner, or staff with the scope to read
 * accounts.
 */
export function maySee(reader: Viewer, userId: string): boolean {
  return isSelf(reader, userId) || hasScope(reader, 'users:read')
}

/**
 * Refuses guests; a sign-in in the same operation may open the field.
 * @throws GraphQLError UNAUTHENTICATED.
 */
export function signedInReader(account: ShownAccount, viewer: Viewer): UserViewer {
  const reader = readerOf(account, viewer)
  if (reader.kind === 'anonymous') throw unauthenticated()
  return reader
}

/** @throws GraphQLError UNAUTHENTICATED for a guest, FORBIDDEN for a reader without the scope. */
export function requireScope(account: ShownAccount, viewer: Viewer, scope: string): void {
  if (!hasScope(signedInReader(account, viewer), scope)) throw forbidden()
}
