// Tested in deletion.int.test.ts: the file only calls the store.
import { type Decision, refuse } from '@argyle/kit/decision'
import type { UserViewer } from '@argyle/kit/identity'
import { type ValidationError, validate } from '@argyle/kit/user-errors'
import type { OwnPassword } from '../credential/own-password.ts'
import { type InvalidCredentialsError, invalidCredentials } from '../session/session.ts'
import type { LastAdministratorError } from './account.ts'
import { deleteAccountSchema } from './account-input.ts'
import type { DeletionStore } from './deletion-store.ts'

type Parts = { readonly deletions: DeletionStore; readonly ownPassword: OwnPassword }

type Refusal = InvalidCredentialsError | LastAdministratorError | ValidationError

/**
 * Deletes the viewer's own account, after checking the password. Accepts its id. Rejects with RATE_LIMITED.
 */
export async function deleteOwnAccount(
  { deletions, ownPassword }: Parts,
  viewer: UserViewer,
  input: unknown,
  clientAddress: string | null,
): Promise<Decision<string, Refusal>> {
  const checked = validate(deleteAccountSchema, input)
  if (!checked.ok) return checked
  const proved = await ownPassword(viewer, checked.value.currentPassword, clientAddress)
  return proved ? deletions.delete(viewer.id, proved.passwordHash) : refuse(invalidCredentials())
}
