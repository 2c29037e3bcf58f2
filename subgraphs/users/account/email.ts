import { z } from 'zod'

/** The form that HTML gives to `<input type=email>` (WHATWG HTML, 4.10.5.1.5), with a dot in the domain. */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/

/**
 * An e-mail address in the one form in which it is kept: trimmed, lower case. RFC 5321 lets a host tell `Ada@` from
 * `ada@`; no host of weight does, and two accounts for one inbox is the likelier harm.
 */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, { abort: true })
  .regex(EMAIL, { error: 'an e-mail address such as ada@argyle.example' })
