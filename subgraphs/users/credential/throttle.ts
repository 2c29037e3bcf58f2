import { type Allowance, addressBucket, hashedBucket } from '@argyle/kit/throttle'

/** Wrong passwords for one account from one address: a stranger elsewhere cannot keep the owner out by this one. */
export const PER_ACCOUNT_AND_ADDRESS: Allowance = { burst: 10, everyMs: 60_000 }
/**
 * Wrong passwords for one account from all addresses. It is wide, since it is the one by which strangers with many
 * addresses can keep the owner from signing in anew; open sessions go on.
 */
export const PER_ACCOUNT: Allowance = { burst: 100, everyMs: 60_000 }
/** Wrong passwords from one address, for any account. An office behind one address must still get in. */
export const PER_ADDRESS: Allowance = { burst: 50, everyMs: 6_000 }
/** Refresh tokens from one address that open no session. */
export const REFRESHES_PER_ADDRESS: Allowance = { burst: 50, everyMs: 6_000 }
/** New accounts from one address. */
export const SIGN_UPS_PER_ADDRESS: Allowance = { burst: 100, everyMs: 30_000 }

/** One attempt counts in each of these buckets. */
type Counted = { readonly key: string; readonly allowance: Allowance }

/** The narrowest first: an attempt that it refuses does not count in the wider ones. */
export type PasswordBuckets = { readonly own: Counted; readonly shared: readonly Counted[] }

/** The buckets of one password attempt. E-mail addresses are hashed: what is tried may be no account, but an inbox. */
export function passwordBuckets(email: string, clientAddress: string | null): PasswordBuckets {
  const pair = hashedBucket('account-address', email, addressBucket('', clientAddress))
  const shared = [{ key: hashedBucket('account', email), allowance: PER_ACCOUNT }]
  if (clientAddress !== null) {
    shared.push({ key: addressBucket('sign-in', clientAddress), allowance: PER_ADDRESS })
  }
  return { own: { key: pair, allowance: PER_ACCOUNT_AND_ADDRESS }, shared }
}
