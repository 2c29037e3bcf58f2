import { type Allowance, addressBucket, hashedBucket } from '@argyle/kit/throttle'

/**
 * Wrong passwords for one account from one address. Attempts from elsewhere cannot lock the owner out by it.
 */
export const PER_ACCOUNT_AND_ADDRESS: Allowance = { burst: 10, everyMs: 60_000 }
/**
 * Wrong passwords for one account from all addresses. The limit is wide, since strangers with many addresses
 * can use it to keep the owner from signing in; open sessions continue.
 */
export const PER_ACCOUNT: Allowance = { burst: 100, everyMs: 60_000 }
/**
 * Wrong passwords from one address, for any account. An office behind one address must still be able to sign
 * in.
 */
export const PER_ADDRESS: Allowance = { burst: 50, everyMs: 6_000 }
/** Refresh tokens without a session, from one address. */
export const REFRESHES_PER_ADDRESS: Allowance = { burst: 50, everyMs: 6_000 }
/** New accounts from one address. */
export const SIGN_UPS_PER_ADDRESS: Allowance = { burst: 100, everyMs: 30_000 }

/**
 * New accounts of one e-mail address from one network. The address may be somebody else's, who gets an e-mail
 * for each account and for its deletion.
 */
export const SIGN_UPS_PER_EMAIL: Allowance = { burst: 3, everyMs: 8 * 3_600_000 }
/**
 * New accounts of one e-mail address from all networks. The limit is wide, so that nobody can keep the owner
 * from signing up.
 */
export const SIGN_UPS_PER_EMAIL_IN_ALL: Allowance = { burst: 20, everyMs: 3_600_000 }

/**
 * Links to one e-mail address, requested from all addresses, so that nobody can fill another person's inbox.
 */
export const LINKS_PER_EMAIL: Allowance = { burst: 5, everyMs: 600_000 }
/** Links from one address, to any e-mail address. */
export const LINKS_PER_ADDRESS: Allowance = { burst: 20, everyMs: 60_000 }
/** Tokens of links that do not work, from one address. */
export const TOKENS_PER_ADDRESS: Allowance = { burst: 50, everyMs: 6_000 }

/** Changes of the e-mail address that one account requests. Each reserves an address for three days. */
export const EMAIL_CHANGES_PER_ACCOUNT: Allowance = { burst: 5, everyMs: 6 * 3_600_000 }

/** A bucket in which an attempt counts. */
type Counted = { readonly key: string; readonly allowance: Allowance }

/** The narrowest bucket first: an attempt that it refuses does not count in the wider ones. */
export type PasswordBuckets = { readonly own: Counted; readonly shared: readonly Counted[] }

/**
 * The buckets of one password attempt. E-mail addresses are hashed: an address that has no account here is
 * personal data too.
 */
export function passwordBuckets(email: string, clientAddress: string | null): PasswordBuckets {
  const pair = hashedBucket('account-address', email, addressBucket('', clientAddress))
  const shared = [{ key: hashedBucket('account', email), allowance: PER_ACCOUNT }]
  if (clientAddress !== null) {
    shared.push({ key: addressBucket('sign-in', clientAddress), allowance: PER_ADDRESS })
  }
  return { own: { key: pair, allowance: PER_ACCOUNT_AND_ADDRESS }, shared }
}
