import { isIPv6 } from 'node:net'

/**
 * The network that counts as one client: an IPv4 address, or the /64 of an IPv6 address, since one customer
 * of a provider has at least a /64 (RFC 6177). Any other text counts unchanged, cut to 64 characters.
 */
export function networkOf(address: string): string {
  return isIPv6(address) ? ipv6Network(address) : address.slice(0, 64)
}

function ipv6Network(address: string): string {
  // The URL parser writes an IPv6 address in its canonical form (RFC 5952), IPv4-mapped addresses included.
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail ? tail.split(':') : []
  const groups =
    tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right]
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff')
    return groups.slice(6).join(':')
  return `${groups.slice(0, 4).join(':')}::/64`
}
