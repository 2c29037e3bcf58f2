// Tested in ../../../dev/test/prisma-client.int.test.ts: it is compared with a client that Prisma generated.

/// <reference path="./pg-utils.d.ts" />

import type { Writable } from 'node:stream'
import type pg from 'pg'
import utils from 'pg/lib/utils.js'
import { serialize } from 'pg-protocol'

type Parse = (text: string) => unknown

export type Statement = {
  /** '' for a statement that is not kept by PostgreSQL. */
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
  readonly parserOf: (typeId: number) => Parse
}

/** `rowCount` is the number of rows that were read or changed. */
export type StatementResult = { readonly rows: Record<string, unknown>[]; readonly rowCount: number }

/** A connection of node-postgres, as its queries see it. */
type Wire = { readonly stream: Writable }
type Column = { readonly name: string; readonly parse: Parse }
type Described = { readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[] }

/** The columns of the statements that a connection has prepared. A statement keeps its columns: PostgreSQL refuses to execute it otherwise. */
const known = new WeakMap<Wire, Map<string, readonly Column[]>>()

/** Kept apart from the names that Prisma's adapter gives on the same connection. */
const nameOnWire = (name: string) => (name === '' ? '' : `k${name}`)

const BEGIN = [serialize.parse({ text: 'BEGIN' }), serialize.bind({}), serialize.execute({})]
const DESCRIBE = serialize.describe({ type: 'P' })
const EXECUTE = serialize.execute({})
const SYNC = serialize.sync()

/** The rows that `INSERT 0 1`, `SELECT 5` and the like tell of. */
function rowsIn(tag: string): number {
  const count = Number(tag.slice(tag.lastIndexOf(' ') + 1))
  return Number.isNaN(count) ? 0 : count
}

type Options = {
  /** Called when PostgreSQL has begun a transaction, which then contains the statement. */
  readonly onBegun?: (() => void) | undefined
}

/** A query of node-postgres: `submit` and the `handle…` methods are its interface. */
class Execution {
  readonly #statement: Statement
  readonly #onBegun: (() => void) | undefined
  readonly #settle: { resolve(outcome: StatementResult): void; reject(error: unknown): void }
  readonly #rows: Record<string, unknown>[] = []
  #columns: readonly Column[] | undefined
  #isBeginning: boolean
  #rowCount = 0
  #fault: unknown

  constructor(
    statement: Statement,
    { onBegun }: Options,
    settle: { resolve(outcome: StatementResult): void; reject(error: unknown): void },
  ) {
    this.#statement = statement
    this.#onBegun = onBegun
    this.#isBeginning = onBegun !== undefined
    this.#settle = settle
  }

  /** Writes everything at once. @returns an error of a value that cannot be a parameter */
  submit(wire: Wire): Error | null {
    const { name, text, values } = this.#statement
    const statement = nameOnWire(name)
    this.#columns = known.get(wire)?.get(name)
    try {
      const bind = serialize.bind({ statement, values: [...values], valueMapper: utils.prepareValue })
      // A statement whose first execution failed may be prepared or not: to close one that does not exist is no error.
      const prepare = [
        ...(statement === '' ? [] : [serialize.close({ type: 'S', name: statement })]),
        serialize.parse({ name: statement, text }),
      ]
      const parts = [
        ...(this.#isBeginning ? BEGIN : []),
        ...(this.#columns ? [bind] : [...prepare, bind, DESCRIBE]),
        EXECUTE,
        SYNC,
      ]
      if (wire.stream.writable) wire.stream.write(Buffer.concat(parts))
      return null
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  handleRowDescription({ fields }: Described): void {
    const { parserOf } = this.#statement
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, parse: parserOf(dataTypeID) }))
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const row: Record<string, unknown> = {}
    try {
      for (const [place, { name, parse }] of (this.#columns ?? []).entries()) {
        const text = fields[place] ?? null
        row[name] = text === null ? null : parse(text)
      }
      this.#rows.push(row)
    } catch (error) {
      this.#fault ??= error
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    if (!this.#isBeginning) {
      this.#rowCount = rowsIn(text)
      return
    }
    this.#isBeginning = false
    this.#onBegun?.()
  }

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}

  handleError(error: unknown, wire: Wire): void {
    // Prepared anew next time: its columns may have changed.
    known.get(wire)?.delete(this.#statement.name)
    this.#settle.reject(error)
  }

  handleReadyForQuery(wire: Wire): void {
    const { name } = this.#statement
    if (name !== '') {
      const statements = known.get(wire) ?? new Map<string, readonly Column[]>()
      statements.set(name, this.#columns ?? [])
      known.set(wire, statements)
    }
    if (this.#fault !== undefined) this.#settle.reject(this.#fault)
    else this.#settle.resolve({ rows: this.#rows, rowCount: this.#rowCount })
  }

  handleCopyInResponse(wire: Wire & { sendCopyFail(reason: string): void }): void {
    wire.sendCopyFail('a statement with parameters copies nothing')
  }

  handleCopyData(): void {}
}

/**
 * Executes a statement by one message to PostgreSQL, and one back. node-postgres writes the parts of a message one by one, and asks for the
 * columns at each execution, which its server looks up in its catalogue. With `onBegun`, the message begins a transaction before the
 * statement; PostgreSQL skips the statement if that fails.
 */
export function execute(
  client: Pick<pg.ClientBase, 'query'>,
  statement: Statement,
  options: Options = {},
): Promise<StatementResult> {
  const { promise, resolve, reject } = Promise.withResolvers<StatementResult>()
  client.query(new Execution(statement, options, { resolve, reject }))
  return promise
}
