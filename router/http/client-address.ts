import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * The address that a request comes from. Every proxy appends its own client to x-forwarded-for, so the entry as many
 * places from the end as there are proxies of ours is true; what stands before it, anybody may have written.
 */
export function clientAddress({ headers, socket }: IncomingMessage, trustedProxies: number): string {
  const peer = socket.remoteAddress ?? ''
  if (trustedProxies === 0) return peer
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',')
  const chain = forwarded.split(',').map((entry) => entry.trim())
  const address = chain[Math.max(0, chain.length - trustedProxies)] ?? ''
  return isIP(address) ? address : peer
}
