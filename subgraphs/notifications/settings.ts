import { keySetting } from '@argyle/kit/config'
import { timeZoneSchema } from '@argyle/kit/time-zone'
import { z } from 'zod'

/** An SMTP server: `smtp://host:port`, or `smtps://…` for TLS from the start; user and password may stand in it. */
const smtpUrl = z
  .string()
  .refine((text) => text === 'none' || (/^smtps?:\/\//.test(text) && URL.canParse(text)), {
    error: 'none, or smtp://host:port or smtps://host:port',
  })

/** A line such as `Argyle <shop@argyle.example>`. */
const sender = z.string().regex(/^[^<>\r\n]{1,100}<[^<>\s@]+@[^<>\s@]+>$/, {
  error: 'a name and an address such as Argyle <shop@argyle.example>',
})

/** Settings of notifications, in addition to those of every subgraph. */
export const notificationSettings = z.object({
  /** Base URL of this service for readers of e-mail, who unsubscribe there: that of the router in a deployment. */
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'a URL that starts with http:// or https://' })
    .default('http://localhost:4000'),
  /** Decrypts the tokens of links that users makes. */
  LINK_KEY: keySetting,
  /** The server that e-mail is handed to; none: e-mail is suppressed, with that reason. */
  SMTP_URL: smtpUrl.default('none'),
  /** Authorizes the mail server to hand on what comes to MAIL_FROM: 32 bytes in base64url; none: it hands on nothing. */
  MAIL_REPORT_KEY: z.union([z.literal('none').transform(() => null), keySetting]).default(null),
  MAIL_FROM: sender.default('Argyle <shop@argyle.example>'),
  /** Where the links of messages lead: the storefront. */
  STOREFRONT_URL: z
    .url({ protocol: /^https?$/, error: 'a URL that starts with https://' })
    .default('http://localhost:4000'),
  /** The time zone of times in messages. */
  SHOP_TIME_ZONE: timeZoneSchema.default('UTC'),
})

export type NotificationSettings = z.output<typeof notificationSettings>
