import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'

/** A leaky bucket: `burst` tries at once, and one more each `everyMs` from then on. */
export type Allowance = { readonly burst: number; readonly everyMs: number }

/**
 * Wrong passwords for one account, from anywhere: 10, then one a minute. Known cost: who keeps guessing can keep the owner
 * from signing in anew; sessions that are open go on.
 */
export const PER_ACCOUNT: Allowance = { burst: 10, everyMs: 60_000 }
/** Wrong passwords from one address, for any account. An office behind one address must still get in. */
export const PER_ADDRESS: Allowance = { burst: 50, everyMs: 6_000 }
/** New accounts from one address. */
export const SIGN_UPS_PER_ADDRESS: Allowance = { burst: 100, everyMs: 30_000 }

/** The bucket of an account. The address is hashed: what is tried may be no account, but somebody's inbox. */
export function accountKey(email: string): string {
  return `account:${createHash('sha256').update(email).digest('base64url')}`
}

/**
 * The bucket of a client address: an IPv4 address, or the /64 network of an IPv6 address, since one customer of a provider
 * holds at least that many.
 */
export function addressKey(kind: 'sign-in' | 'sign-up', address: string): string {
  return `${kind}:${isIPv6(address) ? network(address) : address.slice(0, 64)}`
}

function network(address: string): string {
  // The URL parser writes an IPv6 address in its one canonical form (RFC 5952), an IPv4-mapped one included.
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

/** How long to wait, in whole seconds, until a bucket that is empty again at `emptyAt` takes one more. */
export function secondsToWait(emptyAt: Date, { burst, everyMs }: Allowance, now: Date): number {
  const roomAt = emptyAt.getTime() - (burst - 1) * everyMs
  return Math.max(1, Math.ceil((roomAt - now.getTime()) / 1_000))
}
