import { isIPv4, isIPv6 } from 'node:net'

/**
 * The network that counts as one client: an IPv4 address, or the /64 of an IPv6 address, since one customer
 * of a provider has at least a /64 (RFC 6177). Any other text counts unchanged, cut to 64 characters.
 */
export function networkOf(address: string): string {
  return isIPv6(address) ? ipv6Network(address) : address.slice(0, 64)
}

/**
 * The wide network of an address: the /24 of an IPv4 address, or the /48 of an IPv6 address, which is the
 * most that one site is given (RFC 6177). Any other text counts unchanged, cut to 64 characters. A limit on
 * it is used in addition to the one on `networkOf`, and is far higher.
 */
export function wideNetworkOf(address: string): string {
  const network = networkOf(address)
  if (isIPv6(address) && network.endsWith('::/64')) return `${network.split(':').slice(0, 3).join(':')}::/48`
  return isIPv4(network) ? network.replace(/\d+$/, '0/24') : network
}

function ipv6Network(address: string): string {
  const groups = ipv6Groups(address)
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') {
    const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16))
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  }
  return `${groups.slice(0, 4).join(':')}::/64`
}

/** The eight groups of an IPv6 address. */
function ipv6Groups(address: string): string[] {
  // The URL parser writes an IPv6 address in its canonical form (RFC 5952), IPv4-mapped addresses included.
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail ? tail.split(':') : []
  return tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right]
}
