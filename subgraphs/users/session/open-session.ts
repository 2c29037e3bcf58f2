import type { Clock } from '@argyle/kit/clock'
import type { UserViewer } from '@argyle/kit/identity'
import type { Account } from '../account/account.ts'
import { scopesOf } from '../account/role.ts'
import type { SigningKeyStore } from '../signing-key/signing-key-store.ts'
import { type Parties, signAccessToken } from './access-token.ts'
import type { Granted } from './session-store.ts'

/** What the schema calls a Session: a fresh proof of identity. */
export type OpenSession = {
  readonly account: Account
  /** Who has signed in: reads the answer. */
  readonly reader: UserViewer
  readonly accessToken: string
  readonly accessTokenExpiresAt: Date
}

/** A session as its client gets it: the proof in the answer, the refresh token in a cookie. */
export type Opened = OpenSession & { readonly refreshToken: string }

export type Opener = (account: Account, granted: Granted) => Promise<Opened>

/** Gives what a session is worth now: scopes follow the roles of this moment, whatever they were at sign-in. */
export function sessionOpener(keys: SigningKeyStore, parties: Parties, clock: Clock): Opener {
  return async (account, { session, refreshToken }) => {
    const grant = { userId: account.id, sessionId: session.id, scopes: scopesOf(account.roles) }
    const { token, expiresAt } = await signAccessToken(await keys.signer(), grant, parties, clock())
    const { userId: id, sessionId, scopes } = grant
    const reader: UserViewer = { kind: 'user', id, sessionId, scopes: new Set(scopes) }
    return { account, reader, accessToken: token, accessTokenExpiresAt: expiresAt, refreshToken }
  }
}
