import { type ValidationError, validationError } from '@argyle/kit/user-errors'

/** Minimum number of characters of a password. */
export const MIN_PASSWORD_LENGTH = 12
/** Maximum length: enough for any passphrase, and a limit on the work of hashing. */
export const MAX_PASSWORD_LENGTH = 128
/** Minimum number of different characters. */
const MIN_DISTINCT = 5

/**
 * The reason to refuse a new password, or null. Length resists guessing, so there are no composition rules
 * such as "one digit, one symbol" (NIST SP 800-63B-4, 3.1.1.2, forbids them): people then write `Password1!`.
 * The minimum of 12 lies between that document's 15 for a password alone and its 8 beside a second factor,
 * since sign-in is throttled and each hash costs 19 MiB. Also refused are first guesses: the own e-mail
 * address or name, and few distinct characters. No message repeats the password.
 */
export function passwordFault(
  password: string,
  account: { email: string; displayName: string },
): string | null {
  if (!password.isWellFormed()) return 'is not well-formed Unicode'
  const signs = [...normalisePassword(password)]
  if (signs.length < MIN_PASSWORD_LENGTH) return `has ${signs.length} characters`
  if (signs.length > MAX_PASSWORD_LENGTH) return `has ${signs.length} characters`
  if (new Set(signs).size < MIN_DISTINCT) return 'repeats a few characters'
  const lower = signs.join('').toLowerCase()
  const [localPart = ''] = account.email.split('@')
  const known = [account.email, localPart, normalisePassword(account.displayName).toLowerCase()]
  if (known.some((word) => lower.replaceAll(word, '').length < MIN_PASSWORD_LENGTH / 2)) {
    return 'is made of the e-mail address or the name'
  }
  return null
}

/** The refusal of a password, for the input field `password`. */
export function passwordRefused(fault: string): ValidationError {
  const allowed = `${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters of any kind, ${MIN_DISTINCT} of them different, not your address or name`
  return validationError(`password ${fault}: allowed is ${allowed}`, ['password'])
}

/**
 * Normalises to NFKC, as NIST SP 800-63B-4 says, since keyboards may write é as one character or as e + ´.
 */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC')
}
