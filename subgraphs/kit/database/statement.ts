// Tested in ../../orders/prisma-client.int.test.ts: it is compared with a client that Prisma generated.

/// <reference path="./pg-utils.d.ts" />

import type { Writable } from 'node:stream'
import type pg from 'pg'
import utils from 'pg/lib/utils.js'
import { serialize } from 'pg-protocol'
import { firstCharacters } from '../schema/text.ts'

type Parse = (text: string) => unknown

export type Statement = {
  /** '' for a statement that is not prepared. */
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
  readonly parserOf: (typeId: number) => Parse
}

/** `rowCount` is the number of rows that were read or changed, `command` the name of the command, such as INSERT. */
export type StatementResult = {
  readonly rows: Record<string, unknown>[]
  readonly rowCount: number
  readonly command: string
}

/** A statement of a message. */
export type MessagePart = {
  readonly statement: Statement
  /** Called when PostgreSQL has executed it. */
  readonly onDone?: (() => void) | undefined
}

/** A connection of node-postgres, as its queries see it. */
type Wire = { readonly stream: Writable }
type Column = { readonly name: string; readonly parse: Parse }
type Described = { readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[] }

/** The columns of the statements that a connection has prepared. A statement keeps its columns: PostgreSQL refuses to execute it otherwise. */
const known = new WeakMap<Wire, Map<string, readonly Column[]>>()

/** Kept apart from the names that Prisma's adapter gives on the same connection. */
const nameOnWire = (name: string) => (name === '' ? '' : `k${name}`)

const DESCRIBE = serialize.describe({ type: 'P' })
const EXECUTE = serialize.execute({})
const SYNC = serialize.sync()

/** The command and the number of rows of a command tag such as `INSERT 0 1`, `SELECT 5`, `COMMIT`. */
function readTag(tag: string): { command: string; rowCount: number } {
  const [command = ''] = tag.split(' ', 1)
  const count = Number(tag.slice(tag.lastIndexOf(' ') + 1))
  return { command, rowCount: Number.isNaN(count) ? 0 : count }
}

/** Maximum length of a statement in an error, in characters. */
const MAX_TEXT_LENGTH = 500

/** A statement on one line, without values: those are parameters, and string literals are left out. */
const shownText = (text: string) =>
  firstCharacters(
    text
      .replace(/'(?:[^']|'')*'/g, "'…'")
      .replace(/\s+/g, ' ')
      .trim(),
    MAX_TEXT_LENGTH,
  )

/** A query of node-postgres: `submit` and the `handle…` methods are its interface. */
class Execution {
  readonly #parts: readonly MessagePart[]
  readonly #settle: { resolve(outcome: StatementResult): void; reject(error: unknown): void }
  /** The columns of each part; undefined until they are known. */
  readonly #columns: (readonly Column[] | undefined)[] = []
  /** Index of the part that PostgreSQL executes. */
  #place = 0
  #rows: Record<string, unknown>[] = []
  #tag = ''
  #fault: unknown

  constructor(
    parts: readonly MessagePart[],
    settle: { resolve(outcome: StatementResult): void; reject(error: unknown): void },
  ) {
    this.#parts = parts
    this.#settle = settle
  }

  /** Writes everything at once. @returns an error of a value that cannot be a parameter */
  submit(wire: Wire): Error | null {
    try {
      const written = this.#parts.flatMap(({ statement }, place) => {
        this.#columns[place] = known.get(wire)?.get(statement.name)
        return messagesOf(statement, this.#columns[place] !== undefined)
      })
      if (wire.stream.writable) wire.stream.write(Buffer.concat([...written, SYNC]))
      return null
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  handleRowDescription({ fields }: Described): void {
    const parserOf = this.#parts[this.#place]?.statement.parserOf
    if (parserOf)
      this.#columns[this.#place] = fields.map(({ name, dataTypeID }) => ({
        name,
        parse: parserOf(dataTypeID),
      }))
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const row: Record<string, unknown> = {}
    try {
      for (const [place, { name, parse }] of (this.#columns[this.#place] ?? []).entries()) {
        const text = fields[place] ?? null
        row[name] = text === null ? null : parse(text)
      }
      this.#rows.push(row)
    } catch (error) {
      this.#fault ??= error
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#tag = text
    this.#parts[this.#place]?.onDone?.()
    this.#place++
    // Only the rows of the last statement are returned.
    if (this.#place < this.#parts.length) this.#rows = []
  }

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}

  handleError(error: unknown, wire: Wire): void {
    // The statement is prepared anew next time, since its columns may have changed.
    const { name, text } = this.#parts[this.#place]?.statement ?? {}
    if (name !== undefined) known.get(wire)?.delete(name)
    // The caller knows only the last statement of a message, so the error names the one that failed.
    if (error instanceof Error && text !== undefined) Object.assign(error, { statement: shownText(text) })
    this.#settle.reject(error)
  }

  handleReadyForQuery(wire: Wire): void {
    const statements = known.get(wire) ?? new Map<string, readonly Column[]>()
    known.set(wire, statements)
    for (const [place, { statement }] of this.#parts.entries())
      if (statement.name !== '') statements.set(statement.name, this.#columns[place] ?? [])
    if (this.#fault !== undefined) this.#settle.reject(this.#fault)
    else this.#settle.resolve({ rows: this.#rows, ...readTag(this.#tag) })
  }

  handleCopyInResponse(wire: Wire & { sendCopyFail(reason: string): void }): void {
    wire.sendCopyFail('a statement with parameters copies nothing')
    // PostgreSQL ignores a Sync that it gets while it waits for the copy.
    wire.stream.write(SYNC)
  }

  handleCopyData(): void {}
}

/** The messages that execute a statement, without their end. */
function messagesOf({ name, text, values }: Statement, isKnown: boolean): Buffer[] {
  const statement = nameOnWire(name)
  const bind = serialize.bind({ statement, values: [...values], valueMapper: utils.prepareValue })
  if (isKnown) return [bind, EXECUTE]
  // The statement may or may not be prepared after a failed first execution. Closing one that does not exist
  // is no error.
  const close = statement === '' ? [] : [serialize.close({ type: 'S', name: statement })]
  return [...close, serialize.parse({ name: statement, text }), bind, DESCRIBE, EXECUTE]
}

/**
 * Executes a statement, and others before it, in one message to PostgreSQL with one reply. node-postgres
 * itself writes the parts of a message one by one, and asks for the columns at each execution, which its
 * server looks up in its catalogue. If a statement fails, PostgreSQL skips those after it, so a message may
 * begin and end a transaction.
 * @returns the result of the last statement
 */
export function execute(
  client: Pick<pg.ClientBase, 'query'>,
  statement: Statement,
  before: readonly MessagePart[] = [],
): Promise<StatementResult> {
  const { promise, resolve, reject } = Promise.withResolvers<StatementResult>()
  client.query(new Execution([...before, { statement }], { resolve, reject }))
  return promise
}
