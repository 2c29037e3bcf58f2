import type { CopyWaiter } from '@argyle/kit/copies'
import type { UserViewer } from '@argyle/kit/identity'
import { validate } from '@argyle/kit/user-errors'
import { grantRole, rename, revokeRole } from './account.ts'
import { roleChangeSchema, updateProfileSchema } from './account-input.ts'
import type { AccountStore } from './account-store.ts'

/** The accounts, and the wait for reviews' copies of names. */
type Profiles = { readonly accounts: AccountStore; readonly nameCopied: CopyWaiter }

/** Changes the caller's own profile. */
export async function updateProfile({ accounts, nameCopied }: Profiles, viewer: UserViewer, input: unknown) {
  const checked = validate(updateProfileSchema, input)
  if (!checked.ok) return checked
  const decision = await accounts.update(viewer.id, (account, now) => rename(account, checked.value, now))
  if (decision.ok && decision.value.version > checked.value.expectedVersion)
    await nameCopied(viewer.id, decision.value.version)
  return decision
}

/** Grants a role to any account. The schema requires the scope `users:write`, which only ADMIN has. */
export async function giveRole(accounts: AccountStore, actor: UserViewer, input: unknown) {
  const checked = validate(roleChangeSchema, input)
  if (!checked.ok) return checked
  const change = { userId: checked.value.userId, actorId: actor.id, action: 'grantRole' } as const
  return accounts.changeRole(change, (account, _, now) => grantRole(account, checked.value, now))
}

/** Revokes a role of any account, under the same scope. */
export async function takeRole(accounts: AccountStore, actor: UserViewer, input: unknown) {
  const checked = validate(roleChangeSchema, input)
  if (!checked.ok) return checked
  const change = { userId: checked.value.userId, actorId: actor.id, action: 'revokeRole' } as const
  return accounts.changeRole(change, (account, administrators, now) =>
    revokeRole(account, checked.value, administrators, now),
  )
}
