import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { TestSandbox } from './sandbox.ts'

type Asked = { method?: string; body?: unknown; key?: string | null; headers?: Record<string, string> }

const withId = z.object({ id: z.string() })

/** Requests of the shop to a sandbox gateway over HTTP. */
export function sandboxClient(gateway: () => TestSandbox) {
  /** Sends a request of the shop, with an idempotency key of its own unless the test gives one. */
  async function ask(path: string, { method = 'POST', body, key = randomUUID(), headers = {} }: Asked = {}) {
    const sent = {
      authorization: `Bearer ${gateway().key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === null ? {} : { 'idempotency-key': key }),
      ...headers,
    }
    const init = {
      method,
      headers: sent,
      redirect: 'manual',
      body: body === undefined ? null : JSON.stringify(body),
    } as const
    const response = await fetch(gateway().url + path, init)
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers }
  }

  /** A method for a test card or a wallet account. @returns its id */
  async function aSource(cardOrAccount = '4242424242424242'): Promise<string> {
    const { body } = await ask('/v1/sources', { body: { token: await gateway().token(cardOrAccount) } })
    return withId.parse(body).id
  }
  const payment = (source: string, but: object = {}) => ({
    source,
    amountMinor: '500',
    currency: 'EUR',
    reference: 'ord_1',
    ...but,
  })
  return {
    ask,
    aSource,
    payment,
    /** A new payment as the gateway shows it. */
    aPayment: async (cardOrAccount?: string) =>
      (await ask('/v1/payments', { body: payment(await aSource(cardOrAccount)) })).body,
    capture: (id: string, amountMinor = '500') =>
      ask(`/v1/payments/${id}/capture`, { body: { amountMinor } }),
    refund: (id: string, amountMinor: string) => ask(`/v1/payments/${id}/refunds`, { body: { amountMinor } }),
  }
}
