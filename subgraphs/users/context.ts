import type { AuditLog } from '@argyle/kit/audit'
import type { CopyWaiter } from '@argyle/kit/copies'
import type { Viewer } from '@argyle/kit/identity'
import type { SubgraphRequest } from '@argyle/kit/subgraph'
import type { AccountStore } from './account/account-store.ts'
import type { DeletionStore } from './account/deletion-store.ts'
import type { AddressStore } from './address/address-store.ts'
import type { OwnPassword } from './credential/own-password.ts'
import { type UserLoaders, userLoaders } from './loaders.ts'
import type { Resources } from './open.ts'
import type { EmailChange } from './recovery/email-change.ts'
import type { Recovery } from './recovery/recovery.ts'
import type { Authentication } from './session/authentication.ts'
import { type RefreshCookie, refreshCookie } from './session/refresh-cookie.ts'

/** The context of resolvers. */
export type Context = {
  readonly viewer: Viewer
  readonly clientAddress: string | null
  readonly cookie: RefreshCookie
  readonly nameReader: SubgraphRequest['nameReader']
  readonly audit: AuditLog
  readonly accounts: AccountStore
  readonly addresses: AddressStore
  readonly deletions: DeletionStore
  readonly ownPassword: OwnPassword
  /** Waits until orders has this version of an address. */
  readonly addressCopied: CopyWaiter
  /** Waits until reviews has this version of a profile. */
  readonly nameCopied: CopyWaiter
  readonly authentication: Authentication
  readonly recovery: Recovery
  readonly emailChange: EmailChange
  readonly load: UserLoaders
}

export function contextOf(resources: Resources, request: SubgraphRequest): Context {
  const { audit, accounts, addresses, sessions, addressCopied, nameCopied, cookieSecure } = resources
  const { deletions, ownPassword, authentication, recovery, emailChange } = resources
  return {
    viewer: request.viewer,
    clientAddress: request.clientAddress,
    cookie: refreshCookie(request, cookieSecure),
    nameReader: request.nameReader,
    audit,
    accounts,
    addresses,
    deletions,
    ownPassword,
    addressCopied,
    nameCopied,
    authentication,
    recovery,
    emailChange,
    load: userLoaders(accounts, addresses, sessions),
  }
}
