// Tested in paypal-webhook.test.ts: its webhooks use the token.

import {
  Client,
  Environment,
  OrdersController,
  PaymentsController,
  VaultController,
} from '@paypal/paypal-server-sdk'
import { CALL_MS } from './gateway.ts'

export type PayPalSettings = {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly webhookId: string
  readonly returnUrl: string | null
  /** Time limit of a call; tests shorten it. */
  readonly callMs?: number
}

const SANDBOX_URL = 'https://api-m.sandbox.paypal.com'

/**
 * The client of the SDK. The SDK supports two hosts only; this redirects all requests, including those for
 * tokens, to the host of the settings.
 */
class ClientAt extends Client {
  readonly #url: string

  constructor(url: string, config: ConstructorParameters<typeof Client>[0]) {
    super(config)
    this.#url = url
  }

  override getRequestBuilderFactory(): ReturnType<Client['getRequestBuilderFactory']> {
    const make = super.getRequestBuilderFactory()
    return (...args) => {
      const builder = make(...args)
      builder.interceptRequest((request) => ({
        ...request,
        url: request.url.replace(SANDBOX_URL, this.#url),
      }))
      return builder
    }
  }
}

/** Time before its expiry from which a token is not used any more. */
const TOKEN_MARGIN_MS = 60_000

type Token = { readonly accessToken: string; readonly expiresInMs: number }

/** Fetches a token, and keeps it until a minute before its expiry. Concurrent callers share one request. */
export function keptToken(fetchToken: () => Promise<Token>, clock = Date.now): () => Promise<string> {
  let kept: { token: string; until: number } | null = null
  let fetching: Promise<string> | null = null
  async function renew(): Promise<string> {
    const now = clock()
    const { accessToken, expiresInMs } = await fetchToken()
    kept = { token: accessToken, until: now + expiresInMs - TOKEN_MARGIN_MS }
    return accessToken
  }
  return async () => {
    if (kept && clock() < kept.until) return kept.token
    fetching ??= renew().finally(() => {
      fetching = null
    })
    return fetching
  }
}

type Credentials = NonNullable<
  NonNullable<ConstructorParameters<typeof Client>[0]>['clientCredentialsAuthCredentials']
>

/**
 * Fetches the token of the SDK's requests. The SDK caches the promise, so a rejected one would fail all later
 * requests until a restart. Without a token, only the current request fails.
 */
const tokenProvider: Credentials['oAuthTokenProvider'] = (token, manager) =>
  // The SDK treats undefined as no token, and asks again for the next request.
  manager.updateToken(token).catch(() => undefined as never)

/** The parts of PayPal's API that payments uses. */
export function paypalClient({ url, clientId, clientSecret, callMs = CALL_MS }: PayPalSettings) {
  const client = new ClientAt(url.replace(/\/$/, ''), {
    clientCredentialsAuthCredentials: {
      oAuthClientId: clientId,
      oAuthClientSecret: clientSecret,
      oAuthTokenProvider: tokenProvider,
    },
    environment: Environment.Sandbox,
    // No retries: the row of a call repeats it.
    httpClientOptions: { timeout: callMs, retryConfig: { maxNumberOfRetries: 0 } },
  })
  return {
    orders: new OrdersController(client),
    payments: new PaymentsController(client),
    vault: new VaultController(client),
    /** An access token for the one request that the SDK does not support. */
    accessToken: keptToken(async () => {
      const { accessToken, expiresIn } = await client.clientCredentialsAuthManager.fetchToken()
      return { accessToken, expiresInMs: Number(expiresIn ?? 0) * 1_000 }
    }),
  }
}
