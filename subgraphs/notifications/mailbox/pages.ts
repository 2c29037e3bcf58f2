import { escapeHtml } from '@argyle/kit/html'
import type { Letter } from './letter.ts'
import type { Storefront } from './storefront.ts'

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1f2933}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.5rem;border-bottom:1px solid #e4e7eb;vertical-align:top}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f5f7f8;padding:1rem}iframe{width:100%;height:40rem;border:1px solid #e4e7eb}
form{margin:1rem 0}input{font:inherit;padding:.25rem .5rem;width:20rem;max-width:100%}`

const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>${body}</body></html>
`

/** The list of e-mails, newest first. */
export function inboxPage(letters: readonly Letter[], to: string, smtpUrl: string): string {
  const rows = letters.map(
    ({ id, to: recipients, subject, receivedAt }) =>
      `<tr><td>${escapeHtml(receivedAt.slice(0, 19).replace('T', ' '))}</td><td>${escapeHtml(recipients.join(', '))}</td>` +
      `<td><a href="/messages/${id}">${escapeHtml(subject || '(no subject)')}</a></td></tr>`,
  )
  const none = '<tr><td colspan="3">No e-mail yet.</td></tr>'
  return page(
    'Inbox',
    `<h1>Inbox</h1><p>What this shop has sent to anybody. Nothing leaves this machine.
E-mails to <code>support@argyle.example</code>, and answers to those about a ticket, are taken at <code>${escapeHtml(smtpUrl)}</code>.</p>
<form method="get" action="/"><label>To <input type="search" name="to" value="${escapeHtml(to)}" placeholder="ada@argyle.example, +4915112345678@sms.invalid"></label></form>
<table><thead><tr><th>Received (UTC)</th><th>To</th><th>Subject</th></tr></thead><tbody>${rows.join('') || none}</tbody></table>`,
  )
}

/** One e-mail: its HTML in a frame without scripts, its text, its headers. */
export function letterPage({ id, from, to, subject, html, text, headers }: Letter): string {
  const frame =
    html === null
      ? ''
      : `<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="The e-mail" src="/messages/${id}/html"></iframe>`
  const lines = headers.map(({ name, value }) => `${name}: ${value}`).join('\n')
  return page(
    subject,
    `<p><a href="/">Inbox</a></p><h1>${escapeHtml(subject)}</h1><p>From ${escapeHtml(from)} to ${escapeHtml(to.join(', '))}</p>
${frame}<h2>Text</h2><pre>${escapeHtml(text)}</pre><h2>Headers</h2><pre>${escapeHtml(lines)}</pre>
<p><a href="/messages/${id}/raw">The message as it came</a></p>`,
  )
}

export function notFoundPage(): string {
  return page(
    'Not found',
    '<h1>Not found</h1><p>There is no such e-mail: it may have made room for newer ones.</p>',
  )
}

/** The stand-in for a page of a storefront. */
export function storefrontPage({ title, operation, hasToken }: Storefront): string {
  const token = hasToken
    ? '<p>TOKEN is the part of this page’s address behind <code>#token=</code>. It works once.</p>'
    : ''
  return page(
    title,
    `<p><a href="/">Inbox</a></p><h1>${escapeHtml(title)}</h1>
<p>This shop has no storefront. One would send this operation, which the explorer takes too:</p><pre>${escapeHtml(operation)}</pre>${token}`,
  )
}
