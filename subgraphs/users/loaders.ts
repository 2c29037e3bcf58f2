import { loadMany, loadOne } from '@argyle/kit/loader'
import type { AccountStore } from './account/account-store.ts'
import type { AddressStore } from './address/address-store.ts'
import type { SessionStore } from './session/session-store.ts'

export type UserLoaders = ReturnType<typeof userLoaders>

/** The loaders of one operation: each sends one statement per tick. */
export function userLoaders(accounts: AccountStore, addresses: AddressStore, sessions: SessionStore) {
  return {
    userById: loadOne(accounts.byIds, (account) => account.id),
    addressesByUserId: loadMany(addresses.ofUsers, (address) => address.userId),
    sessionsByUserId: loadMany(sessions.activeOf, (session) => session.userId),
  }
}
