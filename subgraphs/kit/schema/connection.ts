import { badUserInput } from '../errors/errors.ts'
import { echo } from '../errors/user-errors.ts'

/** The position of the last row seen in a keyset page: its sort value and id, as strings or numbers. */
export type Cursor = readonly (string | number)[]

/**
 * A validated page request. Ask the store for `first + 1` rows: the extra row tells whether another page
 * follows.
 */
export type Page = { readonly first: number; readonly after: Cursor | null }

export type Connection<Node> = {
  edges: { cursor: string; node: Node }[]
  pageInfo: {
    hasNextPage: boolean
    hasPreviousPage: boolean
    startCursor: string | null
    endCursor: string | null
  }
}

/** An opaque cursor. It contains the name of its sort, so that a cursor of another sort is refused. */
export function encodeCursor(sort: string, parts: Cursor): string {
  return Buffer.from(JSON.stringify([sort, ...parts])).toString('base64url')
}

function decodeCursor(sort: string, cursor: string): Cursor {
  const fault = () =>
    badUserInput(`after is ${echo(cursor)}: allowed is a cursor of this list with the same sort`)
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw fault()
  }
  if (!Array.isArray(parts) || parts.length < 2 || parts[0] !== sort) throw fault()
  const rest: unknown[] = parts.slice(1)
  if (!rest.every((part) => typeof part === 'string' || Number.isFinite(part))) throw fault()
  // Every part has been checked to be a string or a finite number.
  return rest as Cursor
}

/**
 * Validates the arguments of a connection (Relay cursor connections, section 4).
 * @throws GraphQLError BAD_USER_INPUT with the bad value, for `first` outside 1..max or a cursor of another
 * sort.
 */
export function pageArgs(
  args: { first?: number | null; after?: string | null },
  { sort = '', first: standard = 20, max = 100 }: { sort?: string; first?: number; max?: number } = {},
): Page {
  const first = args.first ?? standard
  if (first < 1 || first > max) throw badUserInput(`first is ${first}: allowed is 1 to ${max}`)
  return { first, after: args.after == null ? null : decodeCursor(sort, args.after) }
}

/** Makes a connection from up to `first + 1` rows in order. */
export function connectionOf<Row, Node = Row>(
  rows: readonly Row[],
  page: Page,
  {
    sort = '',
    cursorOf,
    nodeOf,
  }: { sort?: string; cursorOf: (row: Row) => Cursor; nodeOf?: (row: Row) => Node },
): Connection<Node> {
  const edges = rows.slice(0, page.first).map((row) => ({
    cursor: encodeCursor(sort, cursorOf(row)),
    // Without nodeOf, Node is Row.
    node: nodeOf ? nodeOf(row) : (row as unknown as Node),
  }))
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > page.first,
      hasPreviousPage: page.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}
