// Tested in ../mail.int.test.ts: the test reads forwarded e-mails.

import { createHash } from 'node:crypto'
import { tooManyLines } from '@argyle/kit/mail-lines'
import { textOfHtml } from './html-text.ts'
import { ownText, readable } from './reply-text.ts'

/** Maximum size of an e-mail in bytes. */
export const MAX_MAIL = 5_000_000
const LIMITS = { maxNestingDepth: 20, maxHeadersSize: 100_000 }

/** Characters of a subject. */
const MAX_SUBJECT_LENGTH = 150
/** Characters of a body. */
const MAX_BODY_LENGTH = 5_000
/** Characters of an address. */
const MAX_ADDRESS_LENGTH = 254
/** Maximum number of addresses of an e-mail that are examined. */
const MAX_ADDRESSES = 50
/** Characters of `References` and of `In-Reply-To` that are read: the last ones, which name the newest e-mails. */
const MAX_REFERENCES_LENGTH = 4_000
/** Names of attached files that a ticket lists. */
const MAX_NAMES = 10
/** Characters of all these names. */
const MAX_NAMES_LENGTH = 500

/** An e-mail to customer service. */
export type InboundMail = {
  /** Equal for each delivery of the e-mail. */
  readonly key: string
  /** The sender's address, in lower case. */
  readonly from: string
  /** Whether the receiving mail server has authenticated the sender's domain (DMARC). */
  readonly isAuthentic: boolean
  /** Addresses and references, in which a ticket may be named. */
  readonly names: readonly string[]
  readonly subject: string
  readonly body: string
}

/** An e-mail that opens no ticket, with the reason. The sender of a refused one is informed. */
export type Unread = { readonly ignored: string } | { readonly refused: string }

type Header = { readonly key: string; readonly value: string }

/** The first value of a header. Headers that the receiving server adds come first. */
const headerOf = (headers: readonly Header[], name: string) =>
  headers.find(({ key }) => key === name)?.value ?? null

/**
 * The reason why the e-mail is automatic (RFC 3834, RFC 2919) and must not be answered; null if a person may
 * have sent it.
 */
function automatic(headers: readonly Header[], from: string): string | null {
  const submitted = headerOf(headers, 'auto-submitted')
  if (submitted !== null && !/^no\b/i.test(submitted)) return 'it is an automatic reply (Auto-Submitted)'
  if (/^(?:bulk|list|junk|auto_reply)$/i.test(headerOf(headers, 'precedence')?.trim() ?? ''))
    return 'it was sent in bulk (Precedence)'
  for (const name of ['list-id', 'list-unsubscribe', 'x-autoreply', 'x-autorespond', 'x-loop'])
    if (headerOf(headers, name) !== null) return `it was sent to a list, or automatically (${name})`
  if (headerOf(headers, 'return-path')?.trim() === '<>') return 'it has no return address (Return-Path)'
  if (/^multipart\/report/i.test(headerOf(headers, 'content-type') ?? ''))
    return 'it is a report of a mail server'
  return /^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply)@/.test(from) ? `it is of ${from}` : null
}

/** Quoted strings and comments, whose content the sender chooses. */
const QUOTED = /"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)/g

/**
 * Whether the topmost result, which the receiving server has added (RFC 8601), is its own and states that
 * DMARC has passed for the sender's domain. Without `header.from` the domain is unknown.
 */
function isAuthenticBy(headers: readonly Header[], server: string | null, sender: string): boolean {
  if (server === null) return false
  const domain = sender.slice(sender.lastIndexOf('@') + 1)
  const [id = '', ...results] = (headerOf(headers, 'authentication-results') ?? '')
    .replace(QUOTED, '')
    .split(';')
  const [ofDmarc = '', ...others] = results.filter((result) => /^\s*dmarc\s*=/i.test(result))
  const [, checked = ''] =
    /^\s*dmarc\s*=\s*pass\s(?:.*\s)?header\.from\s*=\s*([\w.-]+)\s*(?:\s|$)/i.exec(ofDmarc) ?? []
  return (
    id.trim().split(/\s/)[0]?.toLowerCase() === server.toLowerCase() &&
    others.length === 0 &&
    checked.toLowerCase() === domain
  )
}

/** A sentence about attached files. They are not stored, since e-mails of strangers may contain anything. */
function filesOf(names: readonly string[]): string {
  if (names.length === 0) return ''
  const named = names.slice(0, MAX_NAMES).join(', ').slice(0, MAX_NAMES_LENGTH)
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : ''
  return `Not stored, since attachments are not accepted by e-mail: ${named}${more}`
}

/**
 * Parses an e-mail to customer service. The parser is loaded with the first one.
 * @param server the name of the receiving mail server in `Authentication-Results`; null: none is trusted
 */
export async function readInbound(message: Uint8Array, server: string | null): Promise<InboundMail | Unread> {
  const surplus = tooManyLines(message)
  if (surplus !== null) return { refused: surplus }
  const { default: PostalMime, addressParser } = await import('postal-mime')
  const parsed = await PostalMime.parse(message, LIMITS).catch(() => null)
  if (!parsed) return { ignored: 'it cannot be read' }
  const { headers, from, to = [], cc = [], subject, text, html, messageId, attachments } = parsed
  const sender = from?.address?.trim().toLowerCase() ?? ''
  if (!/^[!-?A-~]+@[!-?A-~]+$/.test(sender) || sender.length > MAX_ADDRESS_LENGTH)
    return { ignored: 'it has no sender' }
  const senders = headers.filter(({ key }) => key === 'from').flatMap(({ value }) => addressParser(value))
  // DMARC authenticates the domain of a single sender.
  if (senders.length !== 1) return { refused: `it has ${senders.length} senders in From: allowed is one` }
  const reason = automatic(headers, sender)
  if (reason) return { ignored: reason }
  const files = readable(
    filesOf(attachments.map(({ filename }) => filename ?? 'a file')),
    MAX_NAMES_LENGTH + 100,
  )
  const own = ownText(text?.trim() ? text : textOfHtml(html ?? ''))
  const room = MAX_BODY_LENGTH - [...(files ?? '')].length - 2
  const body = [readable(own, room), files].filter(Boolean).join('\n\n')
  if (body === '') return { ignored: 'it has no text' }
  const addresses = [...to, ...cc, { address: headerOf(headers, 'delivered-to') ?? '' }]
  const references = ['in-reply-to', 'references'].map((name) =>
    (headerOf(headers, name) ?? '').slice(-MAX_REFERENCES_LENGTH),
  )
  return {
    key: createHash('sha256')
      .update(messageId ? `${sender} ${messageId}` : message)
      .digest('base64url'),
    from: sender,
    isAuthentic: isAuthenticBy(headers, server, sender),
    names: [...addresses.slice(0, MAX_ADDRESSES).map(({ address }) => address ?? ''), ...references],
    subject:
      readable((subject ?? '').replace(/\s+/g, ' '), MAX_SUBJECT_LENGTH) ?? 'An e-mail without a subject',
    body,
  }
}
