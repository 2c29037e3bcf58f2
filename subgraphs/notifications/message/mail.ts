// Tested in message.test.ts: all messages are written as e-mails.
import { escapeHtml } from '@argyle/kit/html'
import type { Language } from './format.ts'
import { type Message, TOKEN } from './message.ts'

/** An e-mail's content in its two forms. */
export type MailText = { readonly subject: string; readonly text: string; readonly html: string }

/** Links of an e-mail that its message does not contain. */
export type MailLinks = {
  /** The token in the message's own link. */
  readonly token?: string
  /** URL for unsubscribing; undefined for required e-mails. */
  readonly unsubscribe?: string | undefined
}

const UNSUBSCRIBE: Readonly<Record<Language, string>> = {
  en: 'Unsubscribe from e-mails of this kind',
  de: 'E-Mails dieser Art abbestellen',
}

/** Gives a message the form of an e-mail. Tables and inline styles, since mail clients ignore style sheets and newer layouts. */
export function mailOf(
  written: Message,
  language: Language,
  { token = '', unsubscribe }: MailLinks = {},
): MailText {
  const { action } = written
  const message = { ...written, action: action && { ...action, url: action.url.replace(TOKEN, token) } }
  const footer = unsubscribe ? { label: UNSUBSCRIBE[language], url: unsubscribe } : null
  return { subject: message.title, text: textOf(message, footer), html: htmlOf(message, language, footer) }
}

type Footer = { readonly label: string; readonly url: string } | null

function textOf({ greeting, body, paragraphs, rows, action, closing }: Message, footer: Footer): string {
  const table = rows.map(({ label, value }) => `${label}: ${value}`).join('\n')
  const link = action && `${action.label}: ${action.url}`
  const last = footer && `${footer.label}: ${footer.url}`
  return [greeting, body, ...paragraphs, table, link, closing, last].filter(Boolean).join('\n\n').concat('\n')
}

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
const paragraph = (text: string) =>
  `<p style="margin:0 0 16px;${FONT};font-size:16px;line-height:24px;color:#1f2933">${escapeHtml(text)}</p>`

function htmlOf(
  { title, body, greeting, paragraphs, rows, action, closing, pixelUrl }: Message,
  language: Language,
  footer: Footer,
): string {
  const cell = `padding:8px 0;border-bottom:1px solid #e4e7eb;${FONT};font-size:15px;line-height:22px;color:#1f2933`
  const table = rows.map(
    ({ label, value }) =>
      `<tr><td style="${cell}">${escapeHtml(label)}</td><td align="right" style="${cell}">${escapeHtml(value)}</td></tr>`,
  )
  const bought =
    table.length > 0
      ? `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 24px">${table.join('')}</table>`
      : ''
  const button = action
    ? `<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 0 24px"><tr><td bgcolor="#1d4d4f" style="border-radius:4px">` +
      `<a href="${escapeHtml(action.url)}" style="display:inline-block;padding:12px 24px;${FONT};font-size:16px;color:#ffffff;text-decoration:none">` +
      `${escapeHtml(action.label)}</a></td></tr></table>`
    : ''
  const last = footer
    ? `<p style="margin:16px 0 0;${FONT};font-size:13px"><a href="${escapeHtml(footer.url)}" style="color:#52606d">${escapeHtml(footer.label)}</a></p>`
    : ''
  const pixel = pixelUrl ? `<img src="${escapeHtml(pixelUrl)}" width="1" height="1" alt="">` : ''
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title></head>
<body style="margin:0;padding:0;background:#f5f7f8">
<div style="display:none;max-height:0;overflow:hidden">${escapeHtml(body)}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" bgcolor="#f5f7f8"><tr><td align="center" style="padding:24px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" bgcolor="#ffffff" style="max-width:600px;width:100%;border-radius:8px">
<tr><td style="padding:32px">
<h1 style="margin:0 0 24px;${FONT};font-size:22px;line-height:30px;color:#1d4d4f">${escapeHtml(title)}</h1>
${[greeting, body, ...paragraphs].map(paragraph).join('\n')}
${bought}${button}
${paragraph(closing)}
</td></tr></table>${last}</td></tr></table>${pixel}</body></html>
`
}
