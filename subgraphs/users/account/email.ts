import { z } from 'zod'

/** The syntax of HTML's `<input type=email>` (WHATWG HTML, 4.10.5.1.5), with a dot in the domain. */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/

/**
 * An e-mail address in its stored form: trimmed, lower case. RFC 5321 lets a host distinguish `Ada@` from
 * `ada@`, but no major host does, and two accounts for one inbox would do more harm.
 */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, { abort: true })
  .regex(EMAIL, { error: 'an e-mail address such as ada@argyle.example' })
