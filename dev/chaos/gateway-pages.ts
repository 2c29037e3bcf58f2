import { cardTokenAt } from '../shop/testing/card-token.ts'

/** Timeout of a browser for the gateway. */
const GATEWAY_MS = 3_000

/** A one-time token for a test card; null if the gateway does not answer. */
export function tokenOf(gatewayUrl: string, number: string): Promise<string | null> {
  const { href } = new URL('/v1/tokens', gatewayUrl)
  return cardTokenAt(href, number, AbortSignal.timeout(GATEWAY_MS)).catch(() => null)
}

/**
 * Answers the authentication page. If the gateway does not accept the answer, the customer leaves without
 * one.
 */
export async function decide(url: string, decision: 'approve' | 'deny'): Promise<void> {
  const body = new URLSearchParams({ decision })
  const signal = AbortSignal.timeout(GATEWAY_MS)
  await fetch(url, { method: 'POST', body, redirect: 'manual', signal }).catch(() => {})
}
