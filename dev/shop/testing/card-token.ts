import { z } from 'zod'

const answer = z.object({ token: z.string() })

/** A one-time token for a test card, from the sandbox gateway as a browser gets it. @param url the gateway's `tokenUrl` */
export async function cardTokenAt(url: string, number: string, signal?: AbortSignal): Promise<string> {
  const card = { number, expMonth: 12, expYear: new Date().getFullYear() + 1, cvc: '123' }
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ card }),
    signal: signal ?? null,
  })
  return answer.parse(await response.json()).token
}
