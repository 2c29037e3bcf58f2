import type { Settings } from '@argyle/kit/config'
import { subgraphKey } from '../../../router/security/internal-token.ts'
import { gatewaySettings } from '../outside/sandbox-gateway.ts'
import { shippingSettings } from '../outside/simulated-carrier.ts'
import { derivedKey, type Secrets } from './secrets.ts'

/** Issuer and audience of the shop's access tokens; the router expects the same. */
export const TOKEN_PARTIES = { issuer: 'argyle', audience: 'argyle' } as const

export type Placement = {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly databaseUrl: string
  /** The router's address for browsers; undefined: each subgraph uses its own port. */
  readonly publicUrl?: string | undefined
  /** Factor by which carriers and payments are faster than in reality; 1 by default. */
  readonly speed?: number
  /** Settings of this subgraph only. */
  readonly own?: Settings | undefined
}

/** The settings of a subgraph, in the form of its environment. */
export function subgraphSettings(
  name: string,
  secrets: Secrets,
  { host, port, databaseUrl, publicUrl, speed = 1, own }: Placement,
): Settings {
  return {
    HOST: host,
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    INTERNAL_TOKEN_KEY: internalKeyOf(name, secrets).toString('base64url'),
    EVENT_BUS: 'none',
    PUBLIC_URL: publicUrl,
    ACCESS_TOKEN_ISSUER: TOKEN_PARTIES.issuer,
    ACCESS_TOKEN_AUDIENCE: TOKEN_PARTIES.audience,
    SIGNING_KEY_SECRET: secrets.signingKeySecret,
    // Seals the tokens of links, which users creates and notifications sends.
    LINK_KEY: derivedKey(secrets, 'account links').toString('base64url'),
    // Signs what notifications sends to browsers.
    VAPID_PRIVATE_KEY: derivedKey(secrets, 'web push').toString('base64url'),
    // Plain HTTP on this machine.
    COOKIE_SECURE: 'false',
    SPEED: String(speed),
    ...gatewaySettings(secrets),
    ...shippingSettings(secrets),
    ...own,
  }
}

export function internalKeyOf(name: string, { internalTokenMasterKey }: Secrets): Buffer {
  return subgraphKey(Buffer.from(internalTokenMasterKey, 'base64url'), name)
}
