import { type DocumentNode, type GraphQLError, parse, Source } from 'graphql'
import { shortened } from '../shortened.ts'

/** An error of a document for the client, without the tree and the tokens that it refers to. */
export type DocumentError = {
  readonly message: string
  readonly locations?: readonly { readonly line: number; readonly column: number }[] | undefined
}

/** Maximum number of errors. More help nobody, and each has a cost. */
export const MAX_ERRORS = 20

/** Longest message of an error, in characters. Messages echo names, which may be as long as a document. */
export const MAX_MESSAGE = 3_000

/** Maximum number of places of an error. An argument may be given a thousand times. */
const MAX_LOCATIONS = 20

/**
 * Parses a document with positions, for `documentErrors`. The nodes do not refer to the text, since
 * graphql-js would count its lines for each error.
 * @throws GraphQLError for a syntax error.
 */
export function parseWithPositions(text: string): DocumentNode {
  const source: { -readonly [Property in keyof Source]: Source[Property] } = new Source(text)
  const document = parse(source as Source)
  source.body = ''
  return document
}

/** The shortened messages of errors, with their lines and columns. @param text of the document. */
export function documentErrors(errors: readonly GraphQLError[], text: string): readonly DocumentError[] {
  const positions = errors.flatMap((error) => error.positions?.slice(0, MAX_LOCATIONS) ?? [])
  const locations = locationsOf(positions, text)
  return errors.map(({ message, positions: own }) => ({
    message: shortened(message, MAX_MESSAGE),
    locations: own?.slice(0, MAX_LOCATIONS).flatMap((position) => locations.get(position) ?? []),
  }))
}

type Location = { readonly line: number; readonly column: number }

/** Counts the lines once for all positions (section 2.1.2, Line Terminators). Both numbers begin at 1. */
function locationsOf(positions: readonly number[], text: string): ReadonlyMap<number, Location> {
  const sorted = [...new Set(positions)].sort((one, other) => one - other)
  const locations = new Map<number, Location>()
  let line = 1
  let lineStart = 0
  let at = 0
  for (const position of sorted) {
    for (; at < position; at++) {
      const character = text[at]
      const isLineEnd = character === '\n' || (character === '\r' && text[at + 1] !== '\n')
      if (!isLineEnd) continue
      line++
      lineStart = at + 1
    }
    locations.set(position, { line, column: position + 1 - lineStart })
  }
  return locations
}
