import type { Clock } from '@argyle/kit/clock'
import type { UserViewer } from '@argyle/kit/identity'
import type { Account } from '../account/account.ts'
import { scopesOf } from '../account/role.ts'
import type { SigningKeyStore } from '../signing-key/signing-key-store.ts'
import { type Parties, signAccessToken } from './access-token.ts'
import type { Granted } from './session-store.ts'

/** The schema's Session: a new access token and its viewer. */
export type OpenSession = {
  readonly account: Account
  /** The account that has signed in, the viewer of the answer. */
  readonly reader: UserViewer
  readonly accessToken: string
  readonly accessTokenExpiresAt: Date
}

/** An open session for its client: the answer, and the refresh token for the cookie. */
export type Opened = OpenSession & { readonly refreshToken: string }

export type Opener = (account: Account, granted: Granted) => Promise<Opened>

/** Issues an access token for a session; its scopes follow the roles of this moment, not those at sign-in. */
export function sessionOpener(keys: SigningKeyStore, parties: Parties, clock: Clock): Opener {
  return async (account, { session, refreshToken }) => {
    const grant = { userId: account.id, sessionId: session.id, scopes: scopesOf(account.roles) }
    const { token, expiresAt } = await signAccessToken(await keys.signer(), grant, parties, clock())
    const { userId: id, sessionId, scopes } = grant
    const reader: UserViewer = { kind: 'user', id, sessionId, scopes: new Set(scopes) }
    return { account, reader, accessToken: token, accessTokenExpiresAt: expiresAt, refreshToken }
  }
}
