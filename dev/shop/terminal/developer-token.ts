import { scopesOf } from '@argyle/users/account/role'
import { SignJWT } from 'jose'
import { DEMO_STAFF, userId } from '../../seed/customers/user.ts'
import type { Plan } from '../../seed/plan.ts'

/**
 * An internal token for developing one subgraph alone: the seeded staff member with an administrator's
 * scopes, for a day. Only this subgraph accepts it, and only with this data folder's secrets.
 * @param seed the plan of the seed data; without it the token has an arbitrary user id
 */
export function developerToken(subgraph: string, key: Uint8Array, seed: Plan | null): Promise<string> {
  return new SignJWT({ scope: scopesOf(['ADMIN']).join(' '), sid: 'ses_developer' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer('argyle-router')
    .setAudience(subgraph)
    .setSubject(seed ? userId(seed, DEMO_STAFF) : 'usr_developer')
    .setIssuedAt()
    .setExpirationTime('1 day')
    .sign(key)
}
