import { foreignText } from '@argyle/kit/foreign-text'
import type { Gateway } from './gateway.ts'

/** Maximum number of characters of a text of the gateway, such as the URL of a second step. The rest is cut. */
const MAX_LENGTH = 2_000

/** A copy of the value whose texts PostgreSQL can store. */
export function withPlainTexts<T>(value: T): T
export function withPlainTexts(value: unknown): unknown {
  if (typeof value === 'string') return foreignText(value, MAX_LENGTH)
  if (Array.isArray(value)) return value.map((item) => withPlainTexts(item))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withPlainTexts(inner)]))
}

/**
 * Wraps a gateway so that PostgreSQL can store all texts of its answers. The outcome of a payment must not
 * depend on the wording of a refusal.
 */
export function inPlainTexts(gateway: Gateway): Gateway {
  return {
    ...gateway,
    attach: async (request) => withPlainTexts(await gateway.attach(request)),
    authorize: async (request) => withPlainTexts(await gateway.authorize(request)),
    capture: async (payment) => withPlainTexts(await gateway.capture(payment)),
    void: async (payment) => withPlainTexts(await gateway.void(payment)),
    refund: async (payment) => withPlainTexts(await gateway.refund(payment)),
    fetch: async (ref) => withPlainTexts(await gateway.fetch(ref)),
    readWebhook: async (webhook, paymentOf) => withPlainTexts(await gateway.readWebhook(webhook, paymentOf)),
  }
}
