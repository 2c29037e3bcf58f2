import { keySetting, wholeNumber } from '@argyle/kit/config'
import { z } from 'zod'

/** Settings of support in addition to those of every subgraph. README.md describes them. */
export const supportSettings = z.object({
  REOPEN_DAYS: wholeNumber(365, 1).default(14),
  /** Days after which a guest's ticket that is resolved is erased: a guest has no account to delete. */
  GUEST_TICKET_DAYS: wholeNumber(3_650, 1).default(400),
  /** Base URL of the storefront, for the links of campaigns. */
  STOREFRONT_URL: z
    .url({ protocol: /^https?$/, error: 'a URL that starts with http:// or https://' })
    .default('http://localhost:4000'),
  /**
   * Authorizes the mail server to forward the e-mails to the support address, and signs the reply addresses;
   * none: no e-mails are accepted.
   */
  SUPPORT_MAIL_KEY: z.union([z.literal('none').transform(() => null), keySetting]).default(null),
  /**
   * The name of that mail server in `Authentication-Results` (RFC 8601); none: no sender is authenticated as
   * an account.
   */
  SUPPORT_MAIL_SERVER: z
    .string()
    .regex(/^[\w.-]{1,253}$/, { error: 'none, or the name of a mail server such as mx.argyle.example' })
    .transform((name) => (name === 'none' ? null : name))
    .default(null),
})
