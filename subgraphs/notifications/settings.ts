import { createECDH } from 'node:crypto'
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

const VAPID_KEY = 'none, or a private key of P-256: 32 bytes in base64url'

/** OpenSSL refuses numbers that are no private key of the curve. */
function isPrivateKey(key: Uint8Array): boolean {
  try {
    createECDH('prime256v1').setPrivateKey(key)
    return true
  } catch {
    return false
  }
}

/** Push services of the browsers in use: Chrome, Firefox, Safari, Edge. */
const PUSH_SERVICES = 'fcm.googleapis.com,*.push.services.mozilla.com,web.push.apple.com,*.notify.windows.com'
const HOST = /^(?:\*\.)?[a-z\d-]+(?:\.[a-z\d-]+)+$/
const MOST_HOSTS = 50

const hostsSetting = z
  .string()
  .transform((text) => text.split(',').map((host) => host.trim()))
  .refine((hosts) => hosts.length <= MOST_HOSTS && hosts.every((host) => HOST.test(host)), {
    error: `at most ${MOST_HOSTS} host names in lower case, with commas in between; *.host for all below one`,
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
  /** Signs messages to browsers (RFC 8292). Another key ends all subscriptions. */
  VAPID_PRIVATE_KEY: z
    .union([z.literal('none').transform(() => null), keySetting.refine(isPrivateKey, { error: VAPID_KEY })])
    .default(null),
  /** Where push services reach the shop if something is wrong with its messages. */
  VAPID_SUBJECT: z
    .string()
    .regex(/^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/, {
      error: 'mailto: with an address, or an https URL',
    })
    .default('mailto:shop@argyle.example'),
  /** Hosts of push services that browsers may subscribe at. */
  PUSH_HOSTS: hostsSetting.default(PUSH_SERVICES.split(',')),
  /** Whether browsers may subscribe at http on the loopback address too: for tests and a demonstration. */
  PUSH_LOOPBACK: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(false),
  MAIL_FROM: sender.default('Argyle <shop@argyle.example>'),
  /** Where the links of messages lead: the storefront. */
  STOREFRONT_URL: z
    .url({ protocol: /^https?$/, error: 'a URL that starts with https://' })
    .default('http://localhost:4000'),
  /** The time zone of times in messages. */
  SHOP_TIME_ZONE: timeZoneSchema.default('UTC'),
})

export type NotificationSettings = z.output<typeof notificationSettings>
