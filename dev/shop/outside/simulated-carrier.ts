import type { Settings } from '@argyle/kit/config'
import type { Server } from '../subgraphs/databases.ts'
import { derivedKey, type Secrets } from '../subgraphs/secrets.ts'
import { databaseOf } from '../subgraphs/subgraphs.ts'
import { NOBODY } from './outside-servers.ts'

export type ShopCarrier = {
  readonly url: string
  /** The settings of shipping: the carrier's address and the secrets. */
  readonly settings: Settings
  /** Sets the webhook route of shipping; webhooks wait until then. */
  setWebhookUrl(url: string): void
  close(): Promise<void>
}

type Options = {
  readonly host: string
  readonly server: Server
  readonly secrets: Secrets
  /** Factor by which parcels move faster than in reality; 1 by default. */
  readonly speed?: number
}

type Purpose = 'carrier api' | 'carrier webhooks' | 'quote keys'

function secretFor(purpose: Purpose, secrets: Secrets): Buffer {
  return derivedKey(secrets, `shipping ${purpose}`)
}

/** The settings of shipping; by default with a carrier address on which no server listens. */
export function shippingSettings(secrets: Secrets, carrierUrl = NOBODY): Settings {
  const text = (purpose: Purpose) => secretFor(purpose, secrets).toString('base64url')
  return {
    CARRIER_URL: carrierUrl,
    CARRIER_API_KEY: text('carrier api'),
    CARRIER_WEBHOOK_SECRET: text('carrier webhooks'),
    QUOTE_KEY_SECRET: text('quote keys'),
  }
}

/**
 * Starts the carrier that shipping uses on a developer's machine. Imported on demand, since its packages
 * belong to shipping.
 */
export async function startShopCarrier({ host, server, secrets, speed = 1 }: Options): Promise<ShopCarrier> {
  const { startSimulatedCarrier } = await import('@argyle/shipping/simulated-carrier/server')
  const carrier = await startSimulatedCarrier({
    host,
    // Only shipping calls it, and gets its address at each start.
    port: 0,
    databaseUrl: server.url(databaseOf('carrier')),
    apiKey: secretFor('carrier api', secrets),
    webhookSecret: secretFor('carrier webhooks', secrets),
    webhookUrl: null,
    speed,
  })
  return {
    url: carrier.url,
    settings: shippingSettings(secrets, carrier.url),
    setWebhookUrl: carrier.setWebhookUrl,
    close: carrier.close,
  }
}

/** The webhook route of shipping, which listens at this GraphQL URL. */
export function carrierWebhookUrlOf(graphqlUrl: string): string {
  return new URL('/webhooks/carrier', graphqlUrl).href
}
