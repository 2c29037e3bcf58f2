import type { IncomingMessage } from 'node:http'
import { isIP, isIPv6, type Socket } from 'node:net'

/**
 * The address of a request's client. Every proxy appends its own client to x-forwarded-for. So with n trusted
 * proxies, the n-th entry from the end is true; anybody may have written those before it.
 */
export function clientAddress({ headers, socket }: IncomingMessage, trustedProxies: number): string {
  const peer = socket.remoteAddress ?? ''
  if (trustedProxies === 0) return peer
  const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',')
  const chain = forwarded.split(',').map((entry) => entry.trim())
  const address = chain[Math.max(0, chain.length - trustedProxies)] ?? ''
  return isIP(address) ? address : peer
}

/** Client of a connection; null if it cannot be determined. */
export type AddressOf = (socket: Socket) => string | null

/** Behind proxies, the connections of all clients come from the proxies. */
export function connectionAddress(trustedProxies: number): AddressOf {
  return ({ remoteAddress }) =>
    trustedProxies > 0 || remoteAddress === undefined ? null : networkOf(remoteAddress)
}

/** An IPv4 address, or the first four groups of an IPv6 address: one customer of a provider has a /64 at least (RFC 6177). */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(address) ?? []
  if (mapped) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0')
  return [...left, ...zeros, ...right].slice(0, 4).join(':')
}
