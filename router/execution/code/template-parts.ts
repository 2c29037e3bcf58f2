/** Part of an expression that makes a text: text that is known, or code for what is not. */
export type Piece = { readonly literal: string } | { readonly code: string }

export function literal(text: string): Piece {
  return { literal: text }
}

export function code(expression: string): Piece {
  return { code: expression }
}

/** `"name":` */
export function label(name: string, isFirst: boolean): string {
  return `${isFirst ? '' : ','}${JSON.stringify(name)}:`
}

/**
 * The same with what is known and follows on each other joined: each `+` that is left makes garbage, and how much of it a
 * request makes decides how often what others hold is copied by the collector.
 */
export function joined(pieces: readonly Piece[]): readonly Piece[] {
  const parts: Piece[] = []
  for (const piece of pieces) {
    const last = parts.at(-1)
    if (last && 'literal' in last && 'literal' in piece)
      parts[parts.length - 1] = literal(last.literal + piece.literal)
    else if (!('literal' in piece) || piece.literal !== '') parts.push(piece)
  }
  return parts
}

/** One expression for all pieces. */
export function expressionOf(pieces: readonly Piece[]): string {
  const parts = joined(pieces).map((piece) =>
    'literal' in piece ? JSON.stringify(piece.literal) : piece.code,
  )
  return parts.length === 0 ? "''" : parts.join(' + ')
}
