import { type ValidationError, validationError } from '@argyle/kit/user-errors'

export const SHORTEST_PASSWORD = 12
/** Long enough for any passphrase; an end, so that nobody makes us hash a megabyte. */
export const LONGEST_PASSWORD = 128
const FEWEST_DISTINCT = 5

/**
 * Why this password cannot be chosen, or null. Length is what resists guessing, so there are no rules of the kind "one
 * digit, one sign": they make people write `Password1!` (NIST SP 800-63B-4, 3.1.1.2, forbids such rules). 12 stands between
 * its 15 for a password alone and its 8 beside a second factor: sign-in is throttled, and hashes cost 19 MiB each.
 * Refused besides are what a guesser tries first: the own e-mail address or name, and few signs repeated.
 * No message repeats the password.
 */
export function passwordFault(
  password: string,
  account: { email: string; displayName: string },
): string | null {
  if (!password.isWellFormed()) return 'is not well-formed Unicode'
  const signs = [...normalisePassword(password)]
  if (signs.length < SHORTEST_PASSWORD) return `has ${signs.length} characters`
  if (signs.length > LONGEST_PASSWORD) return `has ${signs.length} characters`
  if (new Set(signs).size < FEWEST_DISTINCT) return 'repeats a few characters'
  const lower = password.toLowerCase()
  const [localPart = ''] = account.email.split('@')
  const known = [account.email, localPart, account.displayName.toLowerCase()]
  if (known.some((word) => word !== '' && lower.replaceAll(word, '').length < SHORTEST_PASSWORD / 2)) {
    return 'is made of the e-mail address or the name'
  }
  return null
}

/** The refusal of a password, for the input field `password`. */
export function passwordRefused(fault: string): ValidationError {
  const allowed = `${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters of any kind, ${FEWEST_DISTINCT} of them different, not your address or name`
  return validationError(`password ${fault}: allowed is ${allowed}`, ['password'])
}

/** One form for what one keyboard writes as é and another as e + ´ (NFKC, as NIST SP 800-63B-4 says). */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC')
}
