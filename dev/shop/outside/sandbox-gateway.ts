import type { Settings } from '@argyle/kit/config'
import type { Server } from '../subgraphs/databases.ts'
import { derivedKey, type Secrets } from '../subgraphs/secrets.ts'
import { databaseOf } from '../subgraphs/subgraphs.ts'
import { shownUrl } from '../terminal/shown-url.ts'
import { NOBODY } from './outside-servers.ts'

/** Offset of the gateway's port from the base of the subgraphs' ports, with room for further subgraphs. */
export const SANDBOX_PORT_OFFSET = 50

export type ShopGateway = {
  readonly url: string
  /** The settings of payments for this gateway. */
  readonly settings: Settings
  /** Sets the URL of payments' webhooks, which wait until then. */
  setWebhookUrl(url: string): void
  close(): Promise<void>
}

type Options = {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly server: Server
  readonly secrets: Secrets
  readonly speed?: number
}

function secretFor(purpose: 'key' | 'webhooks', secrets: Secrets): string {
  return derivedKey(secrets, `sandbox-gateway ${purpose}`).toString('base64url')
}

/**
 * The settings that payments and the sandbox gateway share: address and secrets, by the names of both
 * environments.
 * @param url the gateway's URL for payments; by default no server listens there
 */
export function gatewaySettings(secrets: Secrets, url = NOBODY): Settings {
  return {
    PAYMENT_GATEWAY: 'sandbox',
    SANDBOX_GATEWAY_URL: url,
    SANDBOX_GATEWAY_KEY: secretFor('key', secrets),
    SANDBOX_WEBHOOK_SECRET: secretFor('webhooks', secrets),
    SANDBOX_PUBLIC_URL: shownUrl(url),
  }
}

/**
 * Starts the gateway that payments uses on a developer's machine. Imported on demand, since its packages
 * belong to payments.
 */
export async function startShopGateway({
  host,
  port,
  server,
  secrets,
  speed,
}: Options): Promise<ShopGateway> {
  const { startSandboxGateway } = await import('@argyle/payments/sandbox-gateway/server')
  const key = secretFor('key', secrets)
  const webhookSecret = secretFor('webhooks', secrets)
  let webhookUrl: string | null = null
  const gateway = await startSandboxGateway({
    host,
    port,
    databaseUrl: server.url(databaseOf('sandbox_gateway')),
    key,
    webhook: { url: () => webhookUrl, secret: webhookSecret },
    speed,
    publicUrl: port === 0 ? undefined : shownUrl(`http://${host}:${port}`),
  })
  return {
    url: gateway.url,
    settings: gatewaySettings(secrets, gateway.url),
    setWebhookUrl(url) {
      webhookUrl = url
    },
    close: gateway.close,
  }
}

/** The webhook route of payments, which listens at this GraphQL URL. */
export function webhookUrlOf(graphqlUrl: string): string {
  return new URL('/webhooks/sandbox', graphqlUrl).href
}
