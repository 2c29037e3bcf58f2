// Tested in ../delivery.int.test.ts: the test uses an SMTP server.
import type { MailText } from '../message/mail.ts'
import type { NotificationSettings } from '../settings.ts'
import type { Outcome } from './delivery.ts'
import { stopsAddress } from './report.ts'

/** An e-mail to be sent. `id` is that of the notification, by which a server can detect a duplicate. */
export type Mail = MailText & {
  readonly id: string
  readonly to: string
  /** URL for unsubscribing by one click. */
  readonly unsubscribe?: string | undefined
  /** Tag of the reply address and of the references. */
  readonly replyTag?: string | null | undefined
}

/** A channel that sends e-mail. */
export type MailChannel = { send(mail: Mail): Promise<Outcome>; close(): void }

/** Connections of a channel to the server. */
export const CONNECTIONS = 4
/** Time limit for connecting, and for the greeting. */
const CONNECT_MS = 10_000
/** Time limit of each further step of an e-mail. */
const SILENCE_MS = 20_000
/** EHLO, AUTH in two steps, MAIL, RCPT, DATA and the text itself. */
const STEPS = 7
/** Maximum duration of one attempt. */
export const MAX_TRY_MS = 2 * CONNECT_MS + STEPS * SILENCE_MS
/** Characters of a reason. */
const MAX_REASON_LENGTH = 500

const NONE: Outcome = { type: 'suppressed', reason: 'no SMTP server is set (SMTP_URL)' }

type Package = Pick<typeof import('nodemailer'), 'createTransport'>

/**
 * Sends e-mail by the SMTP server of the settings.
 * @param load loads the package, with the first e-mail
 */
export function smtpChannel(
  settings: NotificationSettings,
  load: () => Promise<Package> = () => import('nodemailer'),
): MailChannel {
  const { SMTP_URL: url, MAIL_FROM: from, SUPPORT_ADDRESS: support } = settings
  if (url === 'none') return { send: async () => NONE, close() {} }
  let transport: ReturnType<typeof openTransport> | null = null
  const domain = /@([^>]+)>$/.exec(from)?.[1] ?? 'localhost'
  return {
    async send({ id, unsubscribe, replyTag, ...mail }) {
      transport ??= openTransport(url, load)
      try {
        const messageId = `<${id}@${domain}>`
        await (await transport).sendMail({
          ...mail,
          ...(support && answersTo(support, replyTag)),
          from,
          messageId,
          headers: headersOf(unsubscribe),
        })
        return { type: 'sent' }
      } catch (error) {
        return outcomeOf(error)
      }
    },
    close() {
      void transport?.then((open) => open.close())
    },
  }
}

/**
 * The reply address. An answer to a ticket is recognised by the address (RFC 5233) and by a reference, since
 * mail programs keep at least one of them.
 */
function answersTo(support: string, tag: string | null | undefined) {
  if (!tag) return { replyTo: support }
  const [local, domain] = support.split('@')
  return { replyTo: `${local}+${tag}@${domain}`, references: `<ticket.${tag}@${domain}>` }
}

/** RFC 3834: no automatic reply. RFC 8058: unsubscribing by one click, which needs a DKIM signature over both headers. */
function headersOf(unsubscribe: string | undefined): Record<string, string> {
  const automatic = { 'Auto-Submitted': 'auto-generated' }
  if (!unsubscribe) return automatic
  return {
    ...automatic,
    'List-Unsubscribe': `<${unsubscribe}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }
}

async function openTransport(url: string, load: () => Promise<Package>) {
  const { createTransport } = await load()
  return createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/** An error of nodemailer. */
type Failure = {
  readonly message?: string
  readonly responseCode?: number
  readonly code?: string
  readonly command?: string
}

/** 5xx answers are final (RFC 5321, section 4.2.1), except those about the sender's own sign-in. */
function outcomeOf(error: unknown): Outcome {
  const { message, responseCode, code, command } = error as Failure
  const reason = String(message ?? error).slice(0, MAX_REASON_LENGTH)
  const isFinal = responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH'
  if (!isFinal) return { type: 'later', reason }
  const [status = ''] = /\b5\.\d{1,3}\.\d{1,3}\b/.exec(reason) ?? []
  return { type: 'refused', reason, stopsAddress: command === 'RCPT TO' && stopsAddress(status) }
}
