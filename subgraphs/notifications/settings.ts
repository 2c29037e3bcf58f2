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
/** Host names of push services. */
const MAX_HOSTS = 50

const hostsSetting = z
  .string()
  .transform((text) => text.split(',').map((host) => host.trim()))
  .refine((hosts) => hosts.length <= MAX_HOSTS && hosts.every((host) => HOST.test(host)), {
    error: `at most ${MAX_HOSTS} host names in lower case, with commas in between; *.host for all below one`,
  })

/** Calling codes of the countries that the shop writes text messages to. */
const CALLING_CODES = '+1,+33,+39,+43,+44,+49,+81,+423'
/** Beginnings of numbers that text messages are written to. */
const MAX_PREFIXES = 250

const prefixesSetting = z
  .string()
  .transform((text) => text.split(',').map((prefix) => prefix.trim()))
  .refine((all) => all.length <= MAX_PREFIXES && all.every((prefix) => /^\+[1-9]\d{0,9}$/.test(prefix)), {
    error: `at most ${MAX_PREFIXES} beginnings of numbers such as +49, with commas in between`,
  })

/** Settings that the gateway `twilio` needs, and their forms. */
const TWILIO = [
  ['TWILIO_ACCOUNT_SID', /^AC[\da-f]{32}$/, 'the SID of an account: AC and 32 hexadecimal digits'],
  ['TWILIO_AUTH_TOKEN', /^\S{1,200}$/, 'the token of the account'],
  [
    'TWILIO_SENDER',
    /^(?:\+[1-9]\d{4,14}|MG[\da-f]{32})$/,
    'a number such as +4915112345678, or the SID of a messaging service',
  ],
] as const

const fields = z.object({
  /**
   * Base URL of this service for recipients of e-mail, who unsubscribe there: that of the router in a
   * deployment.
   */
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'a URL that starts with http:// or https://' })
    .default('http://localhost:4000'),
  /** Decrypts the tokens of links that users creates. */
  LINK_KEY: keySetting,
  /** The SMTP server; none: e-mail is suppressed, with that reason. */
  SMTP_URL: smtpUrl.default('none'),
  /**
   * Authorizes the mail server to forward the e-mails to MAIL_FROM: 32 bytes in base64url; none: they are not
   * accepted.
   */
  MAIL_REPORT_KEY: z.union([z.literal('none').transform(() => null), keySetting]).default(null),
  /** Signs messages to browsers (RFC 8292). Another key ends all subscriptions. */
  VAPID_PRIVATE_KEY: z
    .union([z.literal('none').transform(() => null), keySetting.refine(isPrivateKey, { error: VAPID_KEY })])
    .default(null),
  /** Contact address of the shop for push services. */
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
  /** The gateway for text messages: none, Twilio, or the development mailbox. */
  SMS_GATEWAY: z.enum(['none', 'sink', 'twilio']).default('none'),
  /** URL of the development mailbox for text messages. */
  SMS_SINK_URL: z.string().default(''),
  /** Beginnings of the numbers that may be registered: elsewhere a message may cost more than an order. */
  SMS_PREFIXES: prefixesSetting.default(CALLING_CODES.split(',')),
  TWILIO_ACCOUNT_SID: z.string().default(''),
  TWILIO_AUTH_TOKEN: z.string().default(''),
  TWILIO_SENDER: z.string().default(''),
  TWILIO_API_URL: z
    .url({ protocol: /^https?$/, error: 'a URL that starts with https://' })
    .default('https://api.twilio.com'),
  /**
   * Reply address of e-mails about tickets. The mail server forwards its e-mails to support; none: there is
   * no such address.
   */
  SUPPORT_ADDRESS: z
    .string()
    .regex(/^(?:none|[\w.-]{1,11}@[\w.-]{1,180})$/, {
      error: 'none, or an address such as support@argyle.example, with at most 11 characters before the @',
    })
    .transform((address) => (address === 'none' ? null : address))
    .default(null),
  MAIL_FROM: sender.default('Argyle <shop@argyle.example>'),
  /** Base URL of the storefront, for links in messages. */
  STOREFRONT_URL: z
    .url({ protocol: /^https?$/, error: 'a URL that starts with https://' })
    .default('http://localhost:4000'),
  /** The time zone of times in messages. */
  SHOP_TIME_ZONE: timeZoneSchema.default('UTC'),
})

/** Settings of notifications. Those of a gateway are required where it is chosen. */
export const notificationSettings = fields.superRefine((settings, context) => {
  const require = (name: keyof typeof settings, form: RegExp, message: string) => {
    if (!form.test(String(settings[name])))
      context.addIssue({ code: 'custom', path: [name], message, input: settings[name] })
  }
  const { SMS_GATEWAY: gateway } = settings
  if (gateway === 'sink')
    require('SMS_SINK_URL', /^http:\/\/(?:127\.0\.0\.1|localhost):\d+\/\S*$/, 'an http URL of this machine')
  if (gateway === 'twilio') for (const [name, form, message] of TWILIO) require(name, form, message)
})

export type NotificationSettings = z.output<typeof notificationSettings>
