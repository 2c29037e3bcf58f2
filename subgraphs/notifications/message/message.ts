import type { Currency } from '@argyle/kit/money'
import type { Details, Kind } from '../occasion/occasion.ts'
import { english } from './english.ts'
import { type Format, formatOf, type Language } from './format.ts'
import { german } from './german.ts'

/** A message to a person, before a channel gives it its form. */
export type Message = {
  /** The subject of an e-mail. */
  readonly title: string
  /** The text of a notification: one or two sentences without secrets. */
  readonly body: string
  readonly greeting: string
  readonly paragraphs: readonly string[]
  /** A table, e.g. of the bought items. */
  readonly rows: readonly { readonly label: string; readonly value: string }[]
  readonly action: { readonly label: string; readonly url: string } | null
  readonly closing: string
  /** A sealed token, which replaces `TOKEN` in the link when the message is sent. */
  readonly sealedToken: string | null
  /** URL of a tracking pixel; null or absent without the person's consent. */
  readonly pixelUrl?: string | null
  /** Tag of the reply address. */
  readonly replyTag?: string | null
}

/** Stands for the token in the path of a link. */
export const TOKEN = '{token}'

/** The order that a message is about. */
export type OrderFacts = {
  readonly number: string
  readonly currency: Currency
  readonly totalMinor: bigint
  readonly lines: readonly {
    readonly title: string
    readonly quantity: number
    readonly totalMinor: string
  }[]
}

/** The data that a message is written from. */
export type Facts = {
  readonly details: Details
  /** The person's name; empty for a guest. */
  readonly name: string
  readonly order: OrderFacts | null
  /** Whether the person consents to tracking pixels in campaigns. */
  readonly allowsOpenTracking?: boolean
}

/** The texts of one language. */
export type Wording = {
  readonly greeting: (name: string) => string
  readonly closing: string
  readonly total: string
  readonly texts: { readonly [K in Kind]: (said: TextValues<K>) => MessageText }
}

/** Kinds of messages about an account, its sign-in and its ways to be reached. */
export type AccountKind =
  | 'WELCOME'
  | 'PASSWORD_RESET'
  | 'EMAIL_VERIFICATION'
  | 'EMAIL_CHANGE'
  | 'EMAIL_CHANGED'
  | 'PASSWORD_CHANGED'
  | 'NEW_SIGN_IN'
  | 'ACCOUNT_DELETED'
  | 'PHONE_VERIFICATION'

/** The values that a text may contain. */
export type TextValues<K extends Kind> = {
  readonly details: Extract<Details, { kind: K }>
  /** The person's name; empty for a guest. */
  readonly name: string
  /** The order's number. */
  readonly number: string
  readonly total: string
  readonly format: Format
  /** Whether somebody reads answers to the e-mail. */
  readonly isAnswered: boolean
}

/** A text in a language. `paragraphs` follow `body` in an e-mail; `rows` are the order's lines if `hasLines`. */
export type MessageText = {
  readonly title: string
  readonly body: string
  readonly paragraphs?: readonly string[]
  readonly hasLines?: boolean
  readonly rows?: Message['rows']
  /** Label and path of the link. */
  readonly link?: readonly [label: string, path: string]
  /** Whether the link leads to the router, which forwards it, instead of the storefront. */
  readonly isForwarded?: boolean
}

const WORDINGS: Readonly<Record<Language, Wording>> = { en: english, de: german }

/** Lines of an order that an e-mail lists. */
const MAX_ROWS = 50

export type Style = {
  readonly language: Language
  readonly timeZone: string
  readonly storefront: string
  /** Base URL of the router for readers of e-mail. */
  readonly publicUrl: string
  /** Whether somebody reads answers to e-mails: there is a `SUPPORT_ADDRESS`. */
  readonly isAnswered: boolean
}

/** Writes the message of an occasion. */
export function write(
  facts: Facts,
  { language, timeZone, storefront, publicUrl, isAnswered }: Style,
): Message {
  const { details, name, order } = facts
  const wording = WORDINGS[language]
  const format = formatOf(language, timeZone)
  const total = order ? format.money(order.totalMinor, order.currency) : ''
  // Each kind has the text for its own details.
  const text = wording.texts[details.kind] as (said: TextValues<Kind>) => MessageText
  const {
    title,
    body,
    paragraphs = [],
    hasLines = false,
    rows = [],
    link,
    isForwarded = false,
  } = text({
    details,
    name,
    number: order?.number ?? '',
    total,
    format,
    isAnswered,
  })
  const bought = hasLines && order ? [...linesOf(order, format), { label: wording.total, value: total }] : []
  return {
    title,
    body,
    greeting: wording.greeting(name),
    paragraphs,
    rows: [...rows, ...bought],
    action: link ? { label: link[0], url: below(isForwarded ? publicUrl : storefront, link[1]) } : null,
    closing: wording.closing,
    sealedToken: 'sealedToken' in details ? (details.sealedToken ?? null) : null,
    ...('replyTag' in details && { replyTag: details.replyTag }),
    ...(details.kind === 'CAMPAIGN' &&
      facts.allowsOpenTracking && { pixelUrl: below(publicUrl, `${details.path}.gif`) }),
  }
}

const below = (base: string, path: string) => `${base.replace(/\/+$/, '')}${path}`

function linesOf({ lines, currency }: OrderFacts, format: Format): Message['rows'] {
  return lines.slice(0, MAX_ROWS).map(({ title, quantity, totalMinor }) => ({
    label: `${quantity} × ${title}`,
    value: format.money(BigInt(totalMinor), currency),
  }))
}
