/** A browser waits no longer for the gateway. */
const GATEWAY_MS = 3_000

/** A one-time token for a test card, as the gateway gives it to a browser; null where it does not answer. */
export async function tokenOf(gatewayUrl: string, number: string): Promise<string | null> {
  const card = { number, expMonth: 12, expYear: 2030, cvc: '123' }
  try {
    const answer = await fetch(new URL('/v1/tokens', gatewayUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ card }),
      signal: AbortSignal.timeout(GATEWAY_MS),
    })
    // The gateway answers a token to its own test cards.
    return ((await answer.json()) as { token: string }).token
  } catch {
    return null
  }
}

/** Answers the page of a second step. Where the gateway does not take the answer, the customer leaves without one. */
export async function decide(url: string, decision: 'approve' | 'deny'): Promise<void> {
  const body = new URLSearchParams({ decision })
  const signal = AbortSignal.timeout(GATEWAY_MS)
  await fetch(url, { method: 'POST', body, redirect: 'manual', signal }).catch(() => {})
}
