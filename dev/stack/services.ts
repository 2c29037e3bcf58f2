import type { Settings } from '@argyle/kit/config'
import { gatewaySettings, webhookUrlOf } from '../shop/outside/sandbox-gateway.ts'
import { carrierWebhookUrlOf, shippingSettings } from '../shop/outside/simulated-carrier.ts'
import type { Secrets } from '../shop/subgraphs/secrets.ts'
import { subgraphSettings, TOKEN_PARTIES } from '../shop/subgraphs/subgraph-settings.ts'
import { databaseOf } from '../shop/subgraphs/subgraphs.ts'
import type { ProgramSpec } from './program.ts'

const HOST = '127.0.0.1'

export const GATEWAY = 'sandbox-gateway'
export const CARRIER = 'carrier'
export const ROUTER = 'router'

export type Wiring = {
  readonly secrets: Secrets
  /** Connection URL of a database by its name. */
  databaseUrl(database: string): string
  /** `nats://host:port`. */
  readonly eventBus: string
  /** The URL of a subgraph for the router and for the webhooks of the external servers. */
  subgraphUrl(name: string): string
  readonly gatewayPort: number
  readonly carrierPort: number
  readonly routerPort: number
  /** Factor by which payments and parcels are faster than in reality. */
  readonly speed: number
  readonly carrierSpeed: number
  /** PATH, and the folder in which Node keeps compiled code. */
  readonly base: Settings
}

const urlOf = (port: number) => `http://${HOST}:${port}`

/** An instance of a subgraph, with the settings that it has in `npm start`, on the event bus of services. */
export function subgraphSpec(
  name: string,
  { instance, port }: { instance: number; port: number },
  wiring: Wiring,
): ProgramSpec {
  const { secrets, base, carrierSpeed, speed } = wiring
  const outside: Settings = {
    ...(name === 'payments' && gatewaySettings(secrets, urlOf(wiring.gatewayPort))),
    ...(name === 'shipping' && {
      ...shippingSettings(secrets, urlOf(wiring.carrierPort)),
      SPEED: String(carrierSpeed),
    }),
  }
  const settings = subgraphSettings(name, secrets, {
    host: HOST,
    port,
    databaseUrl: wiring.databaseUrl(databaseOf(name)),
    publicUrl: urlOf(wiring.routerPort),
    speed,
    own: { ...outside, EVENT_BUS: wiring.eventBus },
  })
  return {
    name: `${name}-${instance}`,
    service: name,
    args: [`subgraphs/${name}/main.ts`],
    env: { ...base, ...settings },
    port,
  }
}

export function gatewaySpec({ secrets, base, speed, ...wiring }: Wiring): ProgramSpec {
  return {
    name: GATEWAY,
    service: GATEWAY,
    args: ['subgraphs/payments/sandbox-gateway/main.ts'],
    env: {
      ...base,
      ...gatewaySettings(secrets, urlOf(wiring.gatewayPort)),
      HOST,
      PORT: String(wiring.gatewayPort),
      DATABASE_URL: wiring.databaseUrl(databaseOf('sandbox_gateway')),
      SANDBOX_WEBHOOK_URL: webhookUrlOf(wiring.subgraphUrl('payments')),
      SPEED: String(speed),
    },
    port: wiring.gatewayPort,
  }
}

export function carrierSpec({ secrets, base, carrierSpeed, ...wiring }: Wiring): ProgramSpec {
  return {
    name: CARRIER,
    service: CARRIER,
    args: ['subgraphs/shipping/simulated-carrier/main.ts'],
    env: {
      ...base,
      ...shippingSettings(secrets),
      HOST,
      PORT: String(wiring.carrierPort),
      DATABASE_URL: wiring.databaseUrl(databaseOf('carrier')),
      WEBHOOK_URL: carrierWebhookUrlOf(wiring.subgraphUrl('shipping')),
      SPEED: String(carrierSpeed),
    },
    port: wiring.carrierPort,
  }
}

/** The router, whose worker processes share a port. */
export function routerSpec(
  { secrets, base, ...wiring }: Wiring,
  { supergraph, settings, workers }: { supergraph: string; settings: string; workers: number },
): ProgramSpec {
  return {
    name: ROUTER,
    service: ROUTER,
    args: ['router/main.mjs', '--config', settings],
    env: {
      ...base,
      HOST,
      PORT: String(wiring.routerPort),
      WORKERS: String(workers),
      SUPERGRAPH: supergraph,
      INTERNAL_TOKEN_MASTER_KEY: secrets.internalTokenMasterKey,
      JWKS_URL: new URL('/.well-known/jwks.json', wiring.subgraphUrl('users')).href,
      ACCESS_TOKEN_ISSUER: TOKEN_PARTIES.issuer,
      ACCESS_TOKEN_AUDIENCE: TOKEN_PARTIES.audience,
    },
    port: wiring.routerPort,
  }
}
