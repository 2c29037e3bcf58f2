import { tooManyLines } from '@argyle/kit/mail-lines'

/** An e-mail as the page shows it. */
export type Letter = {
  readonly id: string
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  /** ISO 8601. */
  readonly receivedAt: string
  readonly text: string
  readonly html: string | null
  /** In the order of the message. */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
}

const LIMITS = { maxNestingDepth: 20, maxHeadersSize: 100_000 }

/**
 * Parses an e-mail. The parser is loaded with the first one. If an e-mail exceeds the parser's limits, its
 * text is the reason, so that the others remain readable.
 */
export async function letterOf(id: string, receivedAt: number, message: Uint8Array): Promise<Letter> {
  const { default: PostalMime } = await import('postal-mime')
  const about = { id, receivedAt: new Date(receivedAt).toISOString() }
  const unreadable = (text: string) => {
    return { ...about, from: '', to: [], subject: '(unreadable)', text, html: null, headers: [] }
  }
  const surplus = tooManyLines(message)
  if (surplus !== null) return unreadable(surplus)
  try {
    const { from, to = [], subject, text, html, headers } = await PostalMime.parse(message, LIMITS)
    return {
      ...about,
      from: from?.address ?? '',
      to: to.flatMap(({ address }) => (address ? [address] : [])),
      subject: subject ?? '',
      text: text ?? '',
      html: html ?? null,
      headers: headers.map(({ originalKey, value }) => ({ name: originalKey, value })),
    }
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error))
  }
}
