import { tooManyLines } from '@argyle/kit/mail-lines'

/** A report of a mail server about an e-mail that it had accepted. */
export type MailReport =
  /** The e-mail permanently failed. `stopsAddress`: all other e-mails to the address would fail too. */
  | {
      readonly type: 'failed'
      readonly notificationId: string
      readonly status: string
      readonly stopsAddress: boolean
    }
  /** The recipient reported the e-mail as unwanted. */
  | { readonly type: 'complaint'; readonly notificationId: string }

/** Maximum size of a report in bytes: reports return the headers of an e-mail, some the whole of it. */
export const MAX_REPORT = 1_000_000
const LIMITS = { maxNestingDepth: 20, maxHeadersSize: 100_000 }

/** The `Message-ID` of an e-mail of the shop. It cannot be guessed, so reports without it are ignored. */
const MESSAGE_ID = /^message-id:\s*<(ntf_[\w-]{36})@/im
const ACTION = /^action:\s*(\w+)/im
const STATUS = /^status:\s*([245]\.\d{1,3}\.\d{1,3})/im
const FEEDBACK = /^feedback-type:\s*([\w-]+)/im

/**
 * Whether a refusal concerns the address, and not one message: an enhanced status code (RFC 3463) of the
 * classes address (5.1) and mailbox disabled (5.2.1). A full mailbox (5.2.2) and policies (5.7) are
 * temporary.
 */
export function stopsAddress(status: string): boolean {
  return /^5\.(?:1\.\d+|2\.1)$/.test(status)
}

type Part = { readonly type: string; readonly text: string }

async function partsOf(message: Uint8Array): Promise<Part[]> {
  // The parser is loaded with the first report.
  const { default: PostalMime } = await import('postal-mime')
  const { attachments } = await PostalMime.parse(message, {
    ...LIMITS,
    attachmentEncoding: 'arraybuffer',
    forceRfc822Attachments: true,
  })
  return attachments.map(({ mimeType, content }) => ({ type: mimeType, text: textOf(content) }))
}

function textOf(content: string | ArrayBuffer | Uint8Array): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content)
}

/**
 * Parses a delivery status notification (RFC 3464) or a complaint (RFC 5965).
 * @returns null for any other message, for a temporary failure, for too many lines, and for an e-mail that is
 * not of the shop
 */
export async function readReport(message: Uint8Array): Promise<MailReport | null> {
  if (tooManyLines(message) !== null) return null
  const parts = await partsOf(message).catch(() => [])
  const textOfType = (...types: readonly string[]) =>
    parts.find(({ type }) => types.includes(type))?.text ?? ''
  const returned = textOfType('message/rfc822', 'text/rfc822-headers', 'message/rfc822-headers')
  const notificationId = MESSAGE_ID.exec(returned)?.[1]
  if (!notificationId) return null
  if (FEEDBACK.exec(textOfType('message/feedback-report'))?.[1]?.toLowerCase() === 'abuse')
    return { type: 'complaint', notificationId }
  const delivery = textOfType('message/delivery-status')
  const [action, status] = [ACTION.exec(delivery)?.[1]?.toLowerCase(), STATUS.exec(delivery)?.[1]]
  if (action !== 'failed' || !status?.startsWith('5.')) return null
  return { type: 'failed', notificationId, status, stopsAddress: stopsAddress(status) }
}
